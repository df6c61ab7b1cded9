package io.weir.balancing;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

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
    private final long fingerprint;
    private final @Nullable Latency latency;

    // The counter is written by every loop for every request: keep it off the cache line of the fields above and of the next object.
    @SuppressWarnings("unused")
    private long p01, p02, p03, p04, p05, p06, p07;

    private volatile int inFlight;

    @SuppressWarnings("unused")
    private long p11, p12, p13, p14, p15, p16, p17;

    /** One whose latency nobody asks for. */
    protected Target(String name, String zone, int weight) {
        this(name, zone, weight, null);
    }

    protected Target(String name, String zone, int weight, @Nullable Latency latency) {
        this(name, zone, weight, latency, 0);
    }

    /** One that has {@code inFlight} exchanges under way from the start. */
    Target(String name, String zone, int weight, @Nullable Latency latency, int inFlight) {
        this.name = name;
        this.zone = zone;
        this.weight = weight;
        this.fingerprint = Fingerprint.of(name);
        this.latency = latency;
        this.inFlight = inFlight;
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

    /** Of its name. */
    final long fingerprint() {
        return fingerprint;
    }

    /** How long it takes to answer; null if nobody asks, and then nobody measures. */
    final @Nullable Latency latency() {
        return latency;
    }

    /** How long it takes to answer, in ns; 0 if that is not known or not measured. */
    public final long latencyAverage() {
        return latency == null ? 0 : latency.average();
    }

    /** An attempt's answer began {@code nanos} after it had its connection. Called on the loop of that index. */
    public final void answered(int loop, long nanos) {
        if (latency != null) {
            latency.answered(loop, nanos);
        }
    }

    /** An attempt failed {@code nanos} after it had its connection, or 0 if it had none. Called on the loop of that index. */
    public final void failed(int loop, long nanos) {
        if (latency != null) {
            latency.failed(loop, nanos);
        }
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
