package io.weir.tls;

import java.math.BigInteger;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Arrays;

/** Reads elements of DER (X.690) one after the other. It is strict: lengths are definite and as short as they can be, and tags have one byte. */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OID = 0x06;
    static final int ENUMERATED = 0x0a;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;

    private static final int LONG_TAG = 0x1f;
    private static final int LONG_LENGTH = 0x80;
    private static final int MOST_LENGTH_BYTES = 3;
    private static final int NONE = -1;

    /** Whole seconds of UTC (RFC 5280, 4.1.2.5.2). */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withResolverStyle(ResolverStyle.STRICT);

    private final byte[] bytes;
    private final int end;
    private int at;

    Der(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private Der(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** A tag of the context, of which {@code constructed} ones hold elements. */
    static int context(int number, boolean constructed) {
        return (constructed ? 0xa0 : 0x80) | number;
    }

    boolean hasMore() {
        return at < end;
    }

    /** The tag of what comes next, or -1 at the end. */
    int tag() {
        return at < end ? bytes[at] & 0xff : NONE;
    }

    /** What is in the next element, which must have that tag. */
    Der in(int tag) throws ParseException {
        if (tag() != tag) {
            throw bad("another element than the expected " + Integer.toHexString(tag));
        }
        return next();
    }

    /** What is in the next element, whatever it is. */
    Der next() throws ParseException {
        if (end - at < 2 || (bytes[at] & LONG_TAG) == LONG_TAG) {
            throw bad("no element");
        }
        int from = at + 2;
        int length = bytes[at + 1] & 0xff;
        if (length >= LONG_LENGTH) {
            int count = length - LONG_LENGTH;
            if (count == 0 || count > MOST_LENGTH_BYTES || count > end - from) {
                throw bad("no length");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = (length << 8) | (bytes[from++] & 0xff);
            }
            if (length < LONG_LENGTH || length >>> (8 * (count - 1)) == 0) {
                throw bad("a length that could be shorter");
            }
        }
        if (length > end - from) {
            throw bad("an element that is cut off");
        }
        at = from + length;
        return new Der(bytes, from, at);
    }

    /** Passes over the next element if it has that tag. */
    void skip(int tag) throws ParseException {
        if (tag() == tag) {
            var _ = next();
        }
    }

    byte[] content() {
        return Arrays.copyOfRange(bytes, at, end);
    }

    BigInteger integer() throws ParseException {
        byte[] content = in(INTEGER).content();
        if (content.length == 0) {
            throw bad("a number without digits");
        }
        return new BigInteger(content);
    }

    Instant time() throws ParseException {
        String text = new String(in(GENERALIZED_TIME).content(), java.nio.charset.StandardCharsets.ISO_8859_1);
        try {
            return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException _) {
            throw bad("no time");
        }
    }

    /** Nothing may be left. */
    void end() throws ParseException {
        if (hasMore()) {
            throw bad("more than belongs there");
        }
    }

    private ParseException bad(String what) {
        return new ParseException(what + " at byte " + at, at);
    }
}
