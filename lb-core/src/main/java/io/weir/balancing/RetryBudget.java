package io.weir.balancing;

/**
 * How many retries an app can afford, so that they never multiply an overload: a token bucket 10 s deep. Each request adds 0.2, and 10 a
 * second are free. One for each app and event loop, of which the free part is shared out; touched by that loop only. (Finagle's
 * RetryBudget, with time as a parameter.)
 */
public final class RetryBudget {
    private static final double PER_REQUEST = 0.2;
    private static final double FREE_PER_SECOND = 10;
    private static final double SECONDS_DEEP = 10;
    private static final double NANOS = 1e9;

    /** How finely time is counted while requests come, in ns. */
    private static final long STEP = 100_000_000L;

    private final double freePerNano;
    private final double freeDepth;
    /** What the free part holds, at most {@link #freeDepth}. */
    private double free;
    /** What requests have earned; loses a tenth a second, so that it holds about what the last 10 s brought. */
    private double earned;
    private long refilled;

    /** A full budget, on one of {@code loops} event loops, at {@code now} ns. */
    public RetryBudget(int loops, long now) {
        this.freePerNano = FREE_PER_SECOND / loops / NANOS;
        this.freeDepth = FREE_PER_SECOND / loops * SECONDS_DEEP;
        this.free = freeDepth;
        this.refilled = now;
    }

    /** A request came, at {@code now} ns. */
    public void request(long now) {
        if (now - refilled > STEP) {
            refill(now);
        }
        earned += PER_REQUEST;
    }

    /** Takes the price of one retry at {@code now} ns, if it is there. */
    public boolean take(long now) {
        refill(now);
        if (earned >= 1) {
            earned--;
            return true;
        }
        if (free >= 1) {
            free--;
            return true;
        }
        return false;
    }

    private void refill(long now) {
        long passed = now - refilled;
        if (passed > 0) {
            free = Math.min(freeDepth, free + passed * freePerNano);
            earned *= Math.exp(-passed / (SECONDS_DEEP * NANOS));
            refilled = now;
        }
    }
}
