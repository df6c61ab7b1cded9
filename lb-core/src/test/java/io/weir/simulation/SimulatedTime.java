package io.weir.simulation;

import io.netty.util.concurrent.Ticker;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** The one clock of a world. It stands still while a thread works. */
final class SimulatedTime implements Ticker, InstantSource {
    /** Where it begins, in ns: anywhere but 0, which means nothing to a monotonic clock. */
    static final long BEGIN = TimeUnit.HOURS.toNanos(1);

    private long now = BEGIN;

    void passTo(long later) {
        now = Math.max(now, later);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** Since the world began, in ns. */
    long age() {
        return now - BEGIN;
    }

    @Override
    public long initialNanoTime() {
        return 0;
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody may wait in a world with one thread");
    }

    /** Wall-clock time, which begins with the epoch. */
    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(now);
    }
}
