package io.weir.balancing;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A worker in one app's pool: what people decided about it, and what traffic measures. It keeps its identity when plans and tables are
 * replaced, and with it its live load.
 *
 * <p>The load is counted by all event loops. What people decide about it is written when a config comes into force, before the plans that come
 * of it; loops may read it from before for a moment.
 */
public abstract class Target {
    private static final AtomicIntegerFieldUpdater<Target> IN_FLIGHT = AtomicIntegerFieldUpdater.newUpdater(Target.class, "inFlight");
    private static final AtomicReferenceFieldUpdater<Target, @Nullable Traffic> TRAFFIC =
            AtomicReferenceFieldUpdater.newUpdater(Target.class, Traffic.class, "traffic");

    private final String name;
    private final String zone;
    private int weight;
    private final long fingerprint;
    private @Nullable Latency latency;
    private final @Nullable Touched touched;
    /** Made when the first attempt has come to something, if anybody watches. */
    private volatile @Nullable Traffic traffic;

    /** Whether it gets no more requests by any plan. */
    private volatile boolean left;

    // The counter is written by every loop for every request: keep it off the cache line of the fields above and of the next object.
    @SuppressWarnings("unused")
    private long p01, p02, p03, p04, p05, p06, p07;

    private volatile int inFlight;

    @SuppressWarnings("unused")
    private long p11, p12, p13, p14, p15, p16, p17;

    /** One whose latency nobody asks for, and whose attempts nobody watches. */
    protected Target(String name, String zone, int weight) {
        this(name, zone, weight, null);
    }

    /** One whose attempts nobody watches. */
    protected Target(String name, String zone, int weight, @Nullable Latency latency) {
        this(name, zone, weight, latency, null, 0);
    }

    /** One that has {@code inFlight} exchanges under way from the start. */
    Target(String name, String zone, int weight, @Nullable Latency latency, int inFlight) {
        this(name, zone, weight, latency, null, inFlight);
    }

    /**
     * @param latency how long it takes to answer; null if nobody asks
     * @param touched where it is listed when attempts come to it; null if nobody watches
     */
    protected Target(String name, String zone, int weight, @Nullable Latency latency, @Nullable Touched touched) {
        this(name, zone, weight, latency, touched, 0);
    }

    private Target(String name, String zone, int weight, @Nullable Latency latency, @Nullable Touched touched, int inFlight) {
        this.name = name;
        this.zone = zone;
        this.weight = weight;
        this.fingerprint = Fingerprint.of(name);
        this.latency = latency;
        this.touched = touched;
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

    /** It has another weight from now on. Whoever makes plans with it makes them anew. */
    protected final void weigh(int next) {
        weight = next;
    }

    /** Another average is kept of how long it takes to answer, or with null none. */
    public final void measure(@Nullable Latency next) {
        latency = next;
    }

    /** From now on it gets no more requests; what is under way there is to end in its time. For any thread. */
    public final void leave() {
        left = true;
    }

    /** Whether {@link #leave} was called. */
    public final boolean hasLeft() {
        return left;
    }

    /** Of its name. */
    final long fingerprint() {
        return fingerprint;
    }

    /** How long it takes to answer; null if nobody asks, and then nobody measures. */
    public final @Nullable Latency latency() {
        return latency;
    }

    /** How long it takes to answer, in ns; 0 if that is not known or not measured. */
    public final long latencyAverage() {
        Latency measured = latency;
        return measured == null ? 0 : measured.average();
    }

    /** An attempt's answer began {@code nanos} after it had its connection. Called on the loop of that index. */
    public final void answered(int loop, long nanos) {
        Latency measured = latency;
        if (measured != null) {
            measured.answered(loop, nanos);
        }
        Traffic counted = traffic();
        if (counted != null) {
            counted.answered(loop);
        }
    }

    /** An attempt failed {@code nanos} after it had its connection, or 0 if it had none. Called on the loop of that index. */
    public final void failed(int loop, long nanos) {
        Latency measured = latency;
        if (measured != null) {
            measured.failed(loop, nanos);
        }
    }

    /** What became of the attempts at it; null if nobody watches. */
    public final @Nullable Traffic traffic() {
        Traffic known = traffic;
        return known != null || touched == null ? known : begun(touched);
    }

    /** The same, as far as there were any: null if there were none. */
    public final @Nullable Traffic seen() {
        return traffic;
    }

    private Traffic begun(Touched by) {
        Traffic first = new Traffic(this, by);
        if (TRAFFIC.compareAndSet(this, null, first)) {
            return first;
        }
        return Objects.requireNonNull(traffic);
    }

    /** Exchanges that are under way at it. */
    public final int inFlight() {
        return inFlight;
    }

    public final void begin() {
        if (IN_FLIGHT.incrementAndGet(this) >= Traffic.CROWD) {
            Traffic counted = traffic();
            if (counted != null) {
                counted.crowded();
            }
        }
    }

    public final void finish() {
        IN_FLIGHT.getAndDecrement(this);
    }

    /** Whether a connection may be tried at {@code now} ns: false while it rests after refusing some. */
    public abstract boolean connectable(long now);

    /** The line that hands a request over, if it is the load balancer of another region; null: it is a worker. */
    public byte @Nullable [] handOver() {
        return null;
    }

    /** It was found not to answer: what waits for it, and may be tried elsewhere, is. For any thread. */
    public void foundSilent() {}

    /** It was found to refuse connections: what waits for one, and may be tried elsewhere, is; what it has runs on. For any thread. */
    public void foundRefusing() {}

    /** It was found to answer: it needs no rest. For any thread. */
    public void proven() {}

    @Override
    public String toString() {
        return name;
    }
}
