package io.weir.app;

import io.weir.balancing.Latency;
import io.weir.control.LatencySums;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The control thread's clock for {@link LatencySums}. */
final class LatencyTicks implements AutoCloseable {
    private final ScheduledExecutorService control;

    private LatencyTicks(LatencySums sums, ScheduledExecutorService control, LongSupplier clock) {
        this.control = control;
        var _ = control.scheduleAtFixedRate(() -> sums.tick(clock.getAsLong()), Latency.TICK, Latency.TICK, TimeUnit.NANOSECONDS);
    }

    /** Ticks for those averages, or null if nobody asks for any: then there is no thread either. */
    static @Nullable LatencyTicks of(LatencySums sums) {
        return of(sums, LatencyTicks::controlThread, System::nanoTime);
    }

    /** The same on another thread, which is made only if it is needed and ends with the ticks; {@code clock} in ns. */
    static @Nullable LatencyTicks of(LatencySums sums, Supplier<ScheduledExecutorService> control, LongSupplier clock) {
        return sums.isEmpty() ? null : new LatencyTicks(sums, control.get(), clock);
    }

    private static ScheduledExecutorService controlThread() {
        return Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("weir-control").daemon().factory());
    }

    @Override
    public void close() {
        control.shutdownNow();
    }
}
