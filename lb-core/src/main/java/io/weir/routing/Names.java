package io.weir.routing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A map whose keys are names as they stand in heads: looked up by their bytes, without case, and without making a string. Open addressing
 * with linear probing, at most half full. Immutable: a change makes another one.
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
    private int size;

    Names(Map<String, V> byName) {
        this(slots(byName.size()));
        byName.forEach((name, value) -> put(bytes(name), value));
    }

    private Names(int slots) {
        this.mask = slots - 1;
        this.names = new byte[slots][];
        this.values = new Object[slots];
    }

    /** The same slots, to be changed. */
    private Names(Names<V> from) {
        this.mask = from.mask;
        this.names = from.names.clone();
        this.values = from.values.clone();
        this.size = from.size;
    }

    private static int slots(int size) {
        return Math.max(4, Integer.highestOneBit(Math.max(1, size)) * 4);
    }

    private static byte[] bytes(String name) {
        return name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Another map, with these names changed; those without value are gone. The slots of all others are copied as they are: of 100,000 names
     * that is a fraction of a millisecond, where each of them put anew takes a hundred times as long.
     */
    Names<V> with(Map<String, Optional<V>> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Names<V> next;
        if ((size + changes.size()) * 2L <= mask + 1) {
            next = new Names<>(this);
        } else {
            next = new Names<>(slots(size + changes.size()));
            for (int slot = 0; slot <= mask; slot++) {
                if (names[slot] != null) {
                    next.put(names[slot], at(slot));
                }
            }
        }
        changes.forEach((name, value) -> value.ifPresentOrElse(it -> next.put(bytes(name), it), () -> next.remove(bytes(name))));
        return next;
    }

    private void put(byte[] name, V value) {
        int slot = slot(name, 0, name.length);
        if (names[slot] == null) {
            names[slot] = name;
            size++;
        }
        values[slot] = value;
    }

    /** What stands behind it moves up, so that it is found without a gap. */
    @SuppressWarnings("NullAway") // free slots hold nothing
    private void remove(byte[] name) {
        int gap = slot(name, 0, name.length);
        if (names[gap] == null) {
            return;
        }
        size--;
        for (int slot = (gap + 1) & mask; names[slot] != null; slot = (slot + 1) & mask) {
            int home = hash(names[slot], 0, names[slot].length) & mask;
            if (((slot - home) & mask) >= ((slot - gap) & mask)) {
                names[gap] = names[slot];
                values[gap] = values[slot];
                gap = slot;
            }
        }
        names[gap] = null;
        values[gap] = null;
    }

    /** Where the name is, or would be. */
    private int slot(byte[] b, int from, int to) {
        int slot = hash(b, from, to) & mask;
        while (names[slot] != null && !(names[slot].length == to - from && endsWith(b, from, to, names[slot]))) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    @SuppressWarnings("unchecked") // only values of V were put in
    private V at(int slot) {
        return (V) values[slot];
    }

    /** The value of a name, or null. */
    @Nullable V get(String name) {
        byte[] b = bytes(name);
        return find(b, 0, b.length);
    }

    int size() {
        return size;
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
