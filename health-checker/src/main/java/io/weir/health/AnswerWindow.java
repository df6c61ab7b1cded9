package io.weir.health;

import java.util.concurrent.TimeUnit;

/**
 * The windows in which a pool's answers are counted to compare success rates: 10 s each, numbered by the monitor's clock. Who counts good
 * answers before they are told of counts by the same.
 */
public final class AnswerWindow {
    /** How long a window is, in ns. */
    public static final long LENGTH = TimeUnit.SECONDS.toNanos(10);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private AnswerWindow() {}

    /** The window that {@code now} ns is in. */
    public static long of(long now) {
        return Math.floorDiv(now, LENGTH);
    }

    /** The second that {@code now} ns is in. A window is whole ones. */
    static long second(long now) {
        return Math.floorDiv(now, SECOND);
    }
}
