package io.weir.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Bytes of a head in the making. One per event loop; what it holds is copied out at once by {@link #flushTo}. */
public final class HeadWriter {
    /** The two digits of each byte. */
    private static final short[] HEX_PAIRS = new short[256];

    static {
        for (int i = 0; i < HEX_PAIRS.length; i++) {
            HEX_PAIRS[i] = (short) (Character.forDigit(i >>> 4, 16) << 8 | Character.forDigit(i & 15, 16));
        }
    }

    private static final byte[] COMMA = {',', ' '};

    private static final int INITIAL = 2048;

    private byte[] buffer;
    private int length;

    public HeadWriter() {
        this(INITIAL);
    }

    /** With room for that many bytes at first. */
    public HeadWriter(int room) {
        buffer = new byte[room];
    }

    /** Begins a head; what an earlier one left behind when it failed is gone. */
    public HeadWriter begin() {
        length = 0;
        return this;
    }

    public int length() {
        return length;
    }

    /** What it holds is {@code [0, length)} of these, until it is changed. */
    byte[] bytes() {
        return buffer;
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = java.util.Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }

    public HeadWriter copy(byte[] from, int start, int end) {
        int n = end - start;
        ensure(n);
        System.arraycopy(from, start, buffer, length, n);
        length += n;
        return this;
    }

    /** An item of a list that goes on behind it, or nothing if it is empty. */
    public HeadWriter item(byte[] from, int start, int end) {
        return start < end ? copy(from, start, end).literal(COMMA) : this;
    }

    public HeadWriter literal(byte[] bytes) {
        return copy(bytes, 0, bytes.length);
    }

    /** Everything that another one holds. */
    public HeadWriter append(HeadWriter other) {
        return copy(other.buffer, 0, other.length);
    }

    /** Latin-1 text; what is not Latin-1 becomes a question mark. */
    public HeadWriter text(String s) {
        int n = s.length();
        ensure(n);
        for (int i = 0; i < n; i++) {
            char c = s.charAt(i);
            buffer[length++] = c < 256 ? (byte) c : (byte) '?';
        }
        return this;
    }

    public HeadWriter decimal(long n) {
        ensure(20);
        int digits = 1;
        for (long x = n; x >= 10; x /= 10) {
            digits++;
        }
        int at = length + digits;
        length = at;
        long x = n;
        do {
            buffer[--at] = (byte) ('0' + x % 10);
            x /= 10;
        } while (x != 0);
        return this;
    }

    /** 16 hexadecimal digits. */
    public HeadWriter hex(long n) {
        ensure(16);
        byte[] b = buffer;
        int at = length;
        for (int shift = 56; shift >= 0; shift -= 8) {
            int pair = HEX_PAIRS[(int) (n >>> shift) & 255];
            b[at++] = (byte) (pair >>> 8);
            b[at++] = (byte) pair;
        }
        length = at;
        return this;
    }

    public HeadWriter endOfLine() {
        ensure(2);
        buffer[length++] = '\r';
        buffer[length++] = '\n';
        return this;
    }

    /** Appends everything to {@code out} and empties this. */
    public void flushTo(ByteBuf out) {
        out.writeBytes(buffer, 0, length);
        length = 0;
        if (buffer.length > 65536) {
            buffer = new byte[INITIAL];
        }
    }

    /** Copies what it holds to {@code to[at…]}, which must have room; returns how many bytes. */
    public int copyTo(byte[] to, int at) {
        System.arraycopy(buffer, 0, to, at, length);
        return length;
    }

    /** A copy of what it holds. */
    public byte[] toBytes() {
        return java.util.Arrays.copyOf(buffer, length);
    }

    @Override
    public String toString() {
        return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    }
}
