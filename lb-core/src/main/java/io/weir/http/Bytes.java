package io.weir.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Searches and comparisons over byte ranges, eight bytes at a step where that pays. */
final class Bytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long SPACES = 0x2020202020202020L;
    private static final long DELS = 0x7f7f7f7f7f7f7f7fL;

    private Bytes() {}

    /**
     * The first position in {@code [from, to)} of a control character (below 0x20, or 0x7f), or {@code to}. Reads up to seven bytes
     * beyond {@code to} if the array has them.
     */
    static int indexOfControl(byte[] b, int from, int to) {
        int i = from;
        int last = b.length - 8;
        while (i < to && i <= last) {
            long x = (long) LONG.get(b, i);
            long d = x ^ DELS;
            long hits = (((x - SPACES) & ~x) | ((d - ONES) & ~d)) & HIGHS;
            if (hits != 0) {
                return Math.min(to, i + (Long.numberOfTrailingZeros(hits) >>> 3));
            }
            i += 8;
        }
        for (; i < to; i++) {
            if ((b[i] >= 0 && b[i] < 0x20) || b[i] == 0x7f) {
                return i;
            }
        }
        return to;
    }

    static long longAt(byte[] b, int i) {
        return (long) LONG.get(b, i);
    }

    /** Whether {@code b[from, to)} is {@code lower}, which is lower-case letters, digits and dashes, without case. */
    static boolean equalsIgnoreCase(byte[] b, int from, int to, byte[] lower) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            int c = b[from + i];
            if (c >= 'A' && c <= 'Z') {
                c += 32;
            }
            if (c != lower[i]) {
                return false;
            }
        }
        return true;
    }
}
