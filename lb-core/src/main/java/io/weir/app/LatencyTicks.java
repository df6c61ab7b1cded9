package io.weir.app;

import io.weir.balancing.Latency;
import io.weir.control.LatencySums;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The control thread's clock for {@link LatencySums}. */
final class LatencyTicks implements AutoCloseable {
    private final ScheduledExecutorService control =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("weir-control").daemon().factory());

    private LatencyTicks(LatencySums sums) {
        var _ = control.scheduleAtFixedRate(() -> sums.tick(System.nanoTime()), Latency.TICK, Latency.TICK, TimeUnit.NANOSECONDS);
    }

    /** Ticks for those averages, or null if nobody asks for any: then there is no thread either. */
    static @Nullable LatencyTicks of(LatencySums sums) {
        return sums.isEmpty() ? null : new LatencyTicks(sums);
    }

    @Override
    public void close() {
        control.shutdownNow();
    }
}
