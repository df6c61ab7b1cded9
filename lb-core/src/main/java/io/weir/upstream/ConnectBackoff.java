package io.weir.upstream;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long an endpoint rests after it refused or timed out a connection: 1 s, doubling to 30 s, until one succeeds. When a rest is over,
 * one connection is tried; the others keep away until its outcome is known, so that an endpoint that hangs costs one request its patience
 * and not all of them. Written rarely, by any event loop; read by every request.
 */
final class ConnectBackoff {
    private static final long FIRST = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(30);

    private volatile boolean resting;
    private long until;
    private long rest = FIRST;
    /** Whether a connection is being tried since the last one failed. */
    private boolean trial;

    private AttemptFailure cause = AttemptFailure.CONNECT_IMPOSSIBLE;

    /** Whether a connection may be tried at {@code now} ns. */
    boolean over(long now) {
        return !resting || restIsOver(now);
    }

    private synchronized boolean restIsOver(long now) {
        return now - until >= 0;
    }

    /** A connection is being tried: while it was resting, the others wait for the outcome, at most {@code timeout} ns. */
    void trying(long now, long timeout) {
        if (resting) {
            synchronized (this) {
                until = now + Math.min(timeout, LONGEST);
                trial = true;
            }
        }
    }

    /** A connection failed. Those that were under way together and fail together count as one. Whether with it the endpoint began to rest. */
    synchronized boolean failed(long now, AttemptFailure how) {
        boolean first = !resting;
        if (first) {
            rest = FIRST;
        } else if (trial) {
            rest = Math.min(rest * 2, LONGEST);
        } else {
            return false;
        }
        trial = false;
        until = now + rest;
        cause = how;
        resting = true;
        return first;
    }

    /** Whether with it a rest ended. */
    boolean succeeded() {
        return resting && end();
    }

    /** One success ends a rest, of several at once. */
    private synchronized boolean end() {
        boolean was = resting;
        resting = false;
        return was;
    }

    /** The rest at {@code now} ns, or null if there is none. */
    @Nullable Rest rest(long now) {
        return resting ? restSince(now) : null;
    }

    private synchronized Rest restSince(long now) {
        return new Rest(Math.max(0, until - now), cause);
    }
}
