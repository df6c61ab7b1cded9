package io.weir.balancing;

import java.util.Arrays;

/**
 * How many requests a target got and how many of them went badly, second by second, for the last ten whole ones and the one that runs. A
 * second is numbered by the clock that its times are from. Not thread-safe.
 */
public final class Seconds {
    /** Whole seconds that are remembered. */
    public static final int KEPT = 10;

    private static final long SECOND = 1_000_000_000L;
    private static final int SLOTS = KEPT + 1;

    private final int[] requests = new int[SLOTS];
    private final int[] bad = new int[SLOTS];
    /** The newest second that is known of. */
    private long newest = Long.MIN_VALUE / 2;

    /** The second that {@code now} ns is in. */
    public static long of(long now) {
        return Math.floorDiv(now, SECOND);
    }

    /** So many more, {@code bad} ones among them, at {@code now} ns, which is never earlier than before. */
    void add(long now, int requests, int bad) {
        long second = of(now);
        if (second - newest >= SLOTS) {
            Arrays.fill(this.requests, 0);
            Arrays.fill(this.bad, 0);
        } else {
            for (long skipped = newest + 1; skipped <= second; skipped++) {
                this.requests[slot(skipped)] = 0;
                this.bad[slot(skipped)] = 0;
            }
        }
        newest = second;
        this.requests[slot(second)] += requests;
        this.bad[slot(second)] += bad;
    }

    /** Requests in that second; 0 if it isn't remembered. */
    public int requests(long second) {
        return remembers(second) ? requests[slot(second)] : 0;
    }

    /** Bad ones in that second; 0 if it isn't remembered. */
    public int bad(long second) {
        return remembers(second) ? bad[slot(second)] : 0;
    }

    /** Requests in the {@code n} seconds that end with the one of {@code now} ns. */
    public int requestsOfLast(int n, long now) {
        int sum = 0;
        for (long second = of(now) - n + 1; second <= of(now); second++) {
            sum += requests(second);
        }
        return sum;
    }

    /** Bad ones in the {@code n} seconds that end with the one of {@code now} ns. */
    public int badOfLast(int n, long now) {
        int sum = 0;
        for (long second = of(now) - n + 1; second <= of(now); second++) {
            sum += bad(second);
        }
        return sum;
    }

    private boolean remembers(long second) {
        return second <= newest && newest - second < SLOTS;
    }

    private static int slot(long second) {
        return Math.floorMod(second, SLOTS);
    }
}
