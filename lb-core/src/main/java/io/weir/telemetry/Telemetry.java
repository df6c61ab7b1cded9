package io.weir.telemetry;

import io.weir.config.Settings;
import io.weir.exchange.ExchangeListener;
import io.weir.loop.EventLoops;
import io.weir.telemetry.log.AccessLog;
import io.weir.telemetry.metrics.FurtherSeries;
import io.weir.telemetry.metrics.Metrics;
import io.weir.telemetry.metrics.ProcessState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Everything that watches traffic: the access log and the metrics, as the settings want them. */
public final class Telemetry implements AutoCloseable {
    /**
     * What it tells of that it does not watch itself.
     *
     * @param version of the product
     * @param ready whether the process takes traffic
     * @param openConnections client connections that are open
     * @param acceptedConnections client connections since the start
     * @param loopStalls turns of event loops that took too long
     * @param further what others have to say among the metrics
     * @param listener is told of trouble
     */
    public record Surroundings(
            String version,
            BooleanSupplier ready,
            IntSupplier openConnections,
            LongSupplier acceptedConnections,
            LongSupplier loopStalls,
            FurtherSeries further,
            TroubleListener listener) {}

    private final @Nullable AccessLog accessLog;
    private final @Nullable Metrics metrics;

    private Telemetry(@Nullable AccessLog accessLog, @Nullable Metrics metrics) {
        this.accessLog = accessLog;
        this.metrics = metrics;
    }

    /**
     * Begins to watch what those loops will do.
     *
     * @throws IOException if the access log can't be written
     */
    public static Telemetry start(Settings settings, List<EventLoops.Loop> loops, Surroundings around) throws IOException {
        AccessLog log = AccessLog.open(settings.accessLog(), loops, around.listener());
        if (!settings.metrics().on()) {
            return new Telemetry(log, null);
        }
        ProcessState process = new ProcessState(
                around.version(),
                around.ready(),
                around.openConnections(),
                around.acceptedConnections(),
                around.loopStalls(),
                () -> log == null ? 0 : log.written(),
                () -> log == null ? 0 : log.dropped());
        return new Telemetry(log, new Metrics(loops.size(), settings.metrics().apps(), process, around.further()));
    }

    /** What watches the exchanges of that loop. */
    public List<ExchangeListener> onLoop(int index) {
        List<ExchangeListener> listeners = new ArrayList<>(2);
        if (metrics != null) {
            listeners.add(metrics.onLoop(index));
        }
        if (accessLog != null) {
            listeners.add(accessLog.onLoop(index));
        }
        return listeners;
    }

    /** What is counted, or null if nothing is. */
    public @Nullable Metrics metrics() {
        return metrics;
    }

    /** Looks whether something is to be said. Called now and then, by one thread that may not be held up. */
    public void check() {
        if (accessLog != null) {
            accessLog.check();
        }
    }

    /** Opens log files anew, as after they were moved away. For any thread. */
    public void reopenLogs() {
        if (accessLog != null) {
            accessLog.reopen();
        }
    }

    /** Writes what is left of the logs; the loops have ended. */
    @Override
    public void close() {
        if (accessLog != null) {
            accessLog.close();
        }
    }
}
