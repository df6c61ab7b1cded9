package io.weir.balancing;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long a target takes from the moment an attempt has its connection to the head of the response: an average that follows a rise at once
 * and a fall slowly (the peak-sensitive EWMA of Finagle, where observations are means over a tick).
 *
 * <p>Each event loop adds to a slot of its own; the control thread {@linkplain #sum sums} them every {@link #TICK} into one value, which
 * every pick reads. A target that nobody asks is slowly forgotten, so that it is tried again.
 */
public final class Latency {
    /** How often the slots are summed, in ns. */
    public static final long TICK = 100_000_000L;

    /** A failed attempt counts as this long at least, in ns: refusing quickly is no virtue. */
    static final long FAILED = 1_000_000_000L;

    /** How long a fall takes to show by a factor e, in ns; Finagle's default. */
    private static final double DECAY = 10e9;

    /** Below this, in ns, an average that decays is forgotten: no worker answers that fast. */
    private static final double FORGOTTEN = 1000;

    /** Longs between two slots: 128 bytes, since processors fetch cache lines in pairs. */
    private static final int STRIDE = 16;

    private static final int COUNT_BITS = 24;
    private static final long COUNT = (1L << COUNT_BITS) - 1;
    private static final long NANOS_PER_MICRO = 1000;

    /**
     * For each loop, how many answers (24 bits) and their µs (40 bits), both since ever and modulo their size: one long, so that the reader
     * never sees one without the other. Written by its loop alone.
     */
    private final AtomicLongArray slots;

    /** What has been summed of each slot. Control thread only. */
    private final long[] seen;

    private final int loops;
    private long summed;
    private double exact;

    /** In ns, 0 if not known. Written by the control thread alone. */
    private volatile long average;

    /** At that many event loops; {@code now} in ns. */
    public Latency(int loops, long now) {
        this.loops = loops;
        this.slots = new AtomicLongArray((loops + 1) * STRIDE);
        this.seen = new long[loops];
        this.summed = now;
    }

    /** One that stands at {@code average}, in ns (0: not known), and follows one loop from there. */
    static Latency recorded(long average) {
        Latency latency = new Latency(1, 0);
        latency.exact = average;
        latency.average = average;
        return latency;
    }

    /** An answer's head came after {@code nanos}. Called on that loop. */
    public void answered(int loop, long nanos) {
        int slot = slot(loop);
        long before = slots.getPlain(slot);
        long micros = (before >>> COUNT_BITS) + Math.max(0, nanos) / NANOS_PER_MICRO;
        slots.setRelease(slot, (micros << COUNT_BITS) | ((before + 1) & COUNT));
    }

    /** An attempt failed after {@code nanos}. Called on that loop. */
    public void failed(int loop, long nanos) {
        answered(loop, Math.max(nanos, FAILED));
    }

    /** Takes in what the loops have measured; {@code now} in ns. Control thread only. */
    public void sum(long now) {
        long count = 0;
        long micros = 0;
        for (int loop = 0; loop < loops; loop++) {
            long slot = slots.getAcquire(slot(loop));
            count += (slot - seen[loop]) & COUNT;
            micros += ((slot >>> COUNT_BITS) - (seen[loop] >>> COUNT_BITS)) & (-1L >>> COUNT_BITS);
            seen[loop] = slot;
        }
        double kept = Math.exp(-Math.max(0, now - summed) / DECAY);
        summed = now;
        double mean = count == 0 ? 0 : Math.max(FORGOTTEN, (double) micros * NANOS_PER_MICRO / count);
        exact = mean > exact ? mean : exact * kept + mean * (1 - kept);
        if (count == 0 && exact < FORGOTTEN) {
            exact = 0;
        }
        average = (long) exact;
    }

    /** In ns; 0 if it is not known. */
    public long average() {
        return average;
    }

    private static int slot(int loop) {
        return (loop + 1) * STRIDE;
    }
}
