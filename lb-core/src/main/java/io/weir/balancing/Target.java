package io.weir.balancing;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A worker in one app's pool: what people decided about it, and what traffic measures. It keeps its identity when plans and tables are
 * replaced, and with it its live load.
 *
 * <p>The load is counted by all event loops; everything else is fixed.
 */
public abstract class Target {
    private static final AtomicIntegerFieldUpdater<Target> IN_FLIGHT = AtomicIntegerFieldUpdater.newUpdater(Target.class, "inFlight");

    private final String name;
    private final String zone;
    private final int weight;

    // The counter is written by every loop for every request: keep it off the cache line of the fields above and of the next object.
    @SuppressWarnings("unused")
    private long p01, p02, p03, p04, p05, p06, p07;

    private volatile int inFlight;

    @SuppressWarnings("unused")
    private long p11, p12, p13, p14, p15, p16, p17;

    protected Target(String name, String zone, int weight) {
        this.name = name;
        this.zone = zone;
        this.weight = weight;
    }

    /** Its address, as the config writes it. */
    public final String name() {
        return name;
    }

    public final String zone() {
        return zone;
    }

    /** Its share of the pool's traffic, relative to the others'. 0 takes none. */
    public final int weight() {
        return weight;
    }

    /** Exchanges that are under way at it. */
    public final int inFlight() {
        return inFlight;
    }

    public final void begin() {
        IN_FLIGHT.getAndIncrement(this);
    }

    public final void finish() {
        IN_FLIGHT.getAndDecrement(this);
    }

    /** Whether a connection may be tried at {@code now} ns: false while it rests after refusing some. */
    public abstract boolean connectable(long now);

    @Override
    public String toString() {
        return name;
    }
}
