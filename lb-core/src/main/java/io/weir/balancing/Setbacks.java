package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/**
 * The requests of an app that did not go as they should: failed, or answered only after another try. Counted by all event loops, under a lock
 * that only such requests take; costs nothing while there are none.
 */
public final class Setbacks {
    private int failed;
    private int retried;
    /** Of both, with the failed as the bad ones; made with the first. */
    private @Nullable Seconds seconds;
    /** When the last one was, so that the clocks of two loops don't count backwards. */
    private long last = Long.MIN_VALUE;

    /** So many since the beginning. */
    public record Sums(int failed, int retried) {
        public Sums minus(Sums before) {
            return new Sums(failed - before.failed, retried - before.retried);
        }
    }

    /** A request failed by the fault of workers, at {@code now} ns. */
    public synchronized void failed(long now) {
        failed++;
        count(now, 1);
    }

    /** A request was answered, but not by the first worker that it was sent to, at {@code now} ns. */
    public synchronized void retried(long now) {
        retried++;
        count(now, 0);
    }

    private void count(long now, int bad) {
        Seconds known = seconds;
        if (known == null) {
            known = new Seconds();
            seconds = known;
        }
        last = Math.max(last, now);
        known.add(last, 1, bad);
    }

    public synchronized Sums sums() {
        return new Sums(failed, retried);
    }

    /** As they were before the second of {@code then} ns, as far back as {@link Seconds} remembers; {@code now} is not earlier. */
    public synchronized Sums before(long then, long now) {
        Seconds known = seconds;
        if (known == null) {
            return sums();
        }
        int n = (int) Math.min(Seconds.KEPT + 1L, Seconds.of(now) - Seconds.of(then) + 1);
        int lately = known.requestsOfLast(n, now);
        int bad = known.badOfLast(n, now);
        return new Sums(failed - bad, retried - (lately - bad));
    }
}
