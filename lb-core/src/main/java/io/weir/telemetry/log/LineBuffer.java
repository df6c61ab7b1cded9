package io.weir.telemetry.log;

import io.weir.exchange.ClientAddress;
import io.weir.http.HeadWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of log lines in the making. Not thread-safe. */
final class LineBuffer {
    /** Bytes of one value that stand in a line; a longer one ends in {@link #CUT_SHORT} there. */
    static final int LONGEST_VALUE = 4096;

    private static final byte[] CUT_SHORT = "...".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /** Whether a byte stands as it is between quotes. All others may mean something to a reader, or are no UTF-8. */
    private static final boolean[] PLAIN = new boolean[256];

    /** The two digits of the numbers below 100. */
    private static final short[] PAIRS = new short[100];

    static {
        for (int i = 0; i < PAIRS.length; i++) {
            PAIRS[i] = (short) (('0' + i / 10) << 8 | ('0' + i % 10));
        }
        Arrays.fill(PLAIN, ' ', 0x7f, true);
        PLAIN['"'] = PLAIN['\\'] = false;
    }

    /** Bytes up to which copying in words is faster. */
    private static final int SHORT = 64;

    private static final long ONES = 0x0101010101010101L;

    private final int room;
    private byte[] bytes;
    private int length;

    /** With room for that many bytes at first, and again after {@link #clear}. */
    LineBuffer(int room) {
        this.room = room;
        this.bytes = new byte[room];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Empties it. */
    void clear() {
        length = 0;
        if (bytes.length > 2 * room) {
            bytes = new byte[room]; // a line of many long values has been through
        }
    }

    /** Takes back what came since it had that length. */
    void cutTo(int earlierLength) {
        length = earlierLength;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    LineBuffer literal(Literal text) {
        ensure(text.room());
        text.writeTo(bytes, length);
        length += text.length();
        return this;
    }

    /** Bytes that are known to need no escapes. */
    LineBuffer copy(byte[] from, int start, int end) {
        int n = end - start;
        ensure(n + Long.BYTES);
        if (n <= SHORT && start + n + Long.BYTES <= from.length) {
            for (int i = 0; i < n; i += Long.BYTES) { // in words, the last of which may reach beyond the end on both sides
                Literal.WORD.set(bytes, length + i, (long) Literal.WORD.get(from, start + i));
            }
        } else {
            System.arraycopy(from, start, bytes, length, n);
        }
        length += n;
        return this;
    }

    LineBuffer address(ClientAddress client) {
        return copy(client.bytes(), client.from(), client.to());
    }

    LineBuffer byteOf(char c) {
        ensure(1);
        bytes[length++] = (byte) c;
        return this;
    }

    /** Text that is known to be ASCII without anything to escape, as names of the config are. Makes no array. */
    @SuppressWarnings("deprecation") // it takes the low bytes, which for ASCII is all there is
    LineBuffer ascii(String text) {
        int n = text.length();
        ensure(n);
        text.getBytes(0, n, bytes, length);
        length += n;
        return this;
    }

    LineBuffer head(HeadWriter written) {
        ensure(written.length());
        length += written.copyTo(bytes, length);
        return this;
    }

    LineBuffer decimal(long n) {
        ensure(20);
        if (n >= 0 && n < 10) {
            bytes[length++] = (byte) ('0' + n);
            return this;
        }
        if (n < 0) {
            bytes[length++] = '-';
        }
        long left = Math.abs(n);
        int at = length + digits(left);
        length = at;
        while (left >= 10) {
            int pair = PAIRS[(int) (left % 100)];
            left /= 100;
            bytes[--at] = (byte) pair;
            bytes[--at] = (byte) (pair >>> 8);
        }
        if (left > 0) {
            bytes[--at] = (byte) ('0' + left);
        }
        return this;
    }

    private static int digits(long n) {
        int digits = 1;
        for (long bound = 10; digits < 19 && n >= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }

    /** Latin-1 as the inside of a JSON string. */
    LineBuffer json(byte[] from, int start, int end) {
        return escaped(from, start, end, "\\u00");
    }

    /** Latin-1 between double quotes of a plain log line. */
    LineBuffer plain(byte[] from, int start, int end) {
        return escaped(from, start, end, "\\x");
    }

    private LineBuffer escaped(byte[] from, int start, int end, String escape) {
        int last = Math.min(end, start + LONGEST_VALUE);
        int plain = plainUpTo(from, start, last);
        copy(from, start, plain);
        if (plain == end) {
            return this;
        }
        ensure((last - plain) * 6 + CUT_SHORT.length);
        int at = length;
        for (int i = plain; i < last; i++) {
            byte b = from[i];
            if (PLAIN[b & 0xff]) {
                bytes[at++] = b;
            } else {
                for (int e = 0; e < escape.length(); e++) {
                    bytes[at++] = (byte) escape.charAt(e);
                }
                bytes[at++] = HEX[(b >>> 4) & 15];
                bytes[at++] = HEX[b & 15];
            }
        }
        length = at;
        return last < end ? copy(CUT_SHORT, 0, CUT_SHORT.length) : this;
    }

    /** From where on a byte of {@code b[from, to)} may need an escape; all before stand as they are. */
    private static int plainUpTo(byte[] b, int from, int to) {
        int i = from;
        while (i + Long.BYTES <= to && isPlain((long) Literal.WORD.get(b, i))) {
            i += Long.BYTES;
        }
        while (i < to && PLAIN[b[i] & 0xff]) {
            i++;
        }
        return i;
    }

    /** Whether eight bytes at once are as {@link #PLAIN} wants it (Mycroft's test for zero bytes, and for bytes below a bound). */
    private static boolean isPlain(long eight) {
        long quote = eight ^ 0x2222222222222222L;
        long backslash = eight ^ 0x5c5c5c5c5c5c5c5cL;
        long delete = eight ^ 0x7f7f7f7f7f7f7f7fL;
        long suspicious = eight
                | (eight - 0x2020202020202020L)
                | ((quote - ONES) & ~quote)
                | ((backslash - ONES) & ~backslash)
                | ((delete - ONES) & ~delete);
        return (suspicious & 0x8080808080808080L) == 0;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
