package io.weir.routing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map whose keys are names as they stand in heads: looked up by their bytes, without case, and without making a string. Open addressing
 * with linear probing, at most half full. Immutable.
 */
final class Names<V> {
    /** Each byte in lower case. */
    static final byte[] LOWER = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            LOWER[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
    }

    private final byte[][] names;
    private final Object[] values;
    private final int mask;

    Names(Map<String, V> byName) {
        int size = Math.max(4, Integer.highestOneBit(Math.max(1, byName.size())) * 4);
        this.mask = size - 1;
        this.names = new byte[size][];
        this.values = new Object[size];
        byName.forEach((name, value) -> {
            byte[] bytes = name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
            int slot = hash(bytes, 0, bytes.length) & mask;
            while (names[slot] != null) {
                slot = (slot + 1) & mask;
            }
            names[slot] = bytes;
            values[slot] = value;
        });
    }

    @SuppressWarnings("unchecked") // only values of V were put in
    @Nullable V find(byte[] b, int from, int to) {
        for (int slot = hash(b, from, to) & mask; names[slot] != null; slot = (slot + 1) & mask) {
            byte[] name = names[slot];
            if (name.length == to - from && endsWith(b, from, to, name)) {
                return (V) values[slot];
            }
        }
        return null;
    }

    /** Whether {@code b[from, to)} ends in {@code lower}, without case. */
    static boolean endsWith(byte[] b, int from, int to, byte[] lower) {
        int start = to - lower.length;
        if (start < from) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            if (LOWER[b[start + i] & 0xff] != lower[i]) {
                return false;
            }
        }
        return true;
    }

    /** The hash of a name, without case. */
    static int hash(byte[] b, int from, int to) {
        int h = 0;
        for (int i = from; i < to; i++) {
            h = h * 31 + LOWER[b[i] & 0xff];
        }
        return h ^ (h >>> 15);
    }
}
