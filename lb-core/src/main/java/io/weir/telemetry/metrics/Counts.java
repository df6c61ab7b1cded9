package io.weir.telemetry.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/** Numbers that one event loop counts up, without any lock or fence, and that others read now and then. */
final class Counts {
    private final AtomicLongArray counts;

    Counts(int size) {
        counts = new AtomicLongArray(size);
    }

    /** Its loop only. */
    void add(int index, long n) {
        counts.setOpaque(index, counts.getPlain(index) + n);
    }

    /** Any thread. */
    long get(int index) {
        return counts.getOpaque(index);
    }
}
