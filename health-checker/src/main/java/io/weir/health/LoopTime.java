package io.weir.health;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What the health loop knows of time and chance. */
final class LoopTime {
    /** For a point in time: not at all. */
    static final long NEVER = Long.MAX_VALUE;

    private final ScheduledExecutorService loop;
    private final LongSupplier clock;
    private final RandomGenerator random;

    LoopTime(ScheduledExecutorService loop, LongSupplier clock, RandomGenerator random) {
        this.loop = loop;
        this.clock = clock;
        this.random = random;
    }

    /** In ns, monotonic. */
    long now() {
        return clock.getAsLong();
    }

    ScheduledFuture<?> after(long nanos, Runnable task) {
        return loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** From 0 to 1. */
    double luck() {
        return random.nextDouble();
    }
}
