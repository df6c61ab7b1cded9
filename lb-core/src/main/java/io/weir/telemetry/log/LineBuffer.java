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

    static {
        Arrays.fill(PLAIN, ' ', 0x7f, true);
        PLAIN['"'] = PLAIN['\\'] = false;
    }

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

    LineBuffer literal(byte[] text) {
        return copy(text, 0, text.length);
    }

    /** Bytes that are known to need no escapes. */
    LineBuffer copy(byte[] from, int start, int end) {
        int n = end - start;
        ensure(n);
        System.arraycopy(from, start, bytes, length, n);
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
        if (n < 0) {
            bytes[length++] = '-';
        }
        long left = Math.abs(n);
        int digits = 1;
        for (long x = left; x >= 10; x /= 10) {
            digits++;
        }
        int at = length + digits;
        length = at;
        do {
            bytes[--at] = (byte) ('0' + left % 10);
            left /= 10;
        } while (left != 0);
        return this;
    }

    /** Two or three digits, with zeros in front. */
    LineBuffer digits(int n, int count) {
        ensure(count);
        int left = n;
        for (int at = length + count - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += count;
        return this;
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
        ensure((last - start) * 6 + CUT_SHORT.length);
        int at = length;
        for (int i = start; i < last; i++) {
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
        return last < end ? literal(CUT_SHORT) : this;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
