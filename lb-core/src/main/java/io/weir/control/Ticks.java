package io.weir.control;

import io.weir.balancing.Latency;
import io.weir.health.TrafficReport;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What the control thread does with what the event loops have measured: every 100 ms, and at once when a failure asks for it. */
public final class Ticks {
    private LatencySums latencies;
    private final TrafficSums traffic;
    private final Consumer<List<TrafficReport>> health;
    private final LongSupplier clock;

    /**
     * @param health gets what requests saw, while there is something to say
     * @param clock ns, monotonic
     */
    public Ticks(LatencySums latencies, TrafficSums traffic, Consumer<List<TrafficReport>> health, LongSupplier clock) {
        this.latencies = latencies;
        this.traffic = traffic;
        this.health = health;
        this.clock = clock;
    }

    /** On the control thread, from now on. */
    public void begin(ScheduledExecutorService thread) {
        var _ = thread.scheduleAtFixedRate(() -> Guarded.run(this::tick), Latency.TICK, Latency.TICK, TimeUnit.NANOSECONDS);
    }

    /** Other averages are kept from now on. Control thread only. */
    public void keep(LatencySums next) {
        latencies = next;
    }

    private void tick() {
        latencies.tick(clock.getAsLong());
        look();
    }

    /** Looks at what requests have seen. Control thread only. */
    public void look() {
        List<TrafficReport> reports = traffic.collect(clock.getAsLong());
        if (!reports.isEmpty()) {
            health.accept(reports);
        }
    }
}
