package io.weir.telemetry;

import io.weir.config.AccessLogSettings;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
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

    private final List<EventLoops.Loop> loops;
    private final TroubleListener listener;
    private final @Nullable Metrics metrics;
    private volatile @Nullable AccessLog accessLog;
    /** Lines of logs from before, of which there may have been some. */
    private final AtomicLong writtenBefore = new AtomicLong();

    private final AtomicLong droppedBefore = new AtomicLong();

    private Telemetry(Settings settings, List<EventLoops.Loop> loops, Surroundings around, @Nullable AccessLog accessLog) {
        this.loops = loops;
        this.listener = around.listener();
        this.accessLog = accessLog;
        if (!settings.metrics().on()) {
            metrics = null;
            return;
        }
        ProcessState process = new ProcessState(
                around.version(),
                around.ready(),
                around.openConnections(),
                around.acceptedConnections(),
                around.loopStalls(),
                () -> linesOf(writtenBefore, AccessLog::written),
                () -> linesOf(droppedBefore, AccessLog::dropped));
        metrics = new Metrics(loops.size(), settings.metrics().apps(), process, around.further());
    }

    private long linesOf(AtomicLong before, ToLongFunction<AccessLog> now) {
        AccessLog log = accessLog;
        return before.get() + (log == null ? 0 : now.applyAsLong(log));
    }

    /**
     * Begins to watch what those loops will do.
     *
     * @throws IOException if the access log can't be written
     */
    public static Telemetry start(Settings settings, List<EventLoops.Loop> loops, Surroundings around) throws IOException {
        return new Telemetry(settings, loops, around, AccessLog.open(settings.accessLog(), loops, around.listener()));
    }

    /**
     * Opens another access log, for {@link #become}; null if there is to be none.
     *
     * @throws IOException if it can't be written
     */
    public @Nullable AccessLog openLog(AccessLogSettings settings) throws IOException {
        return AccessLog.open(settings, loops, listener);
    }

    /** That is the access log from now on. Returns the one before, to be closed when {@link #onLoop} was asked anew for each loop. */
    public @Nullable AccessLog become(@Nullable AccessLog next) {
        AccessLog before = accessLog;
        accessLog = next;
        if (before != null) {
            writtenBefore.addAndGet(before.written());
            droppedBefore.addAndGet(before.dropped());
        }
        return before;
    }

    /** What watches the exchanges of that loop. */
    public List<ExchangeListener> onLoop(int index) {
        List<ExchangeListener> listeners = new ArrayList<>(2);
        if (metrics != null) {
            listeners.add(metrics.onLoop(index));
        }
        AccessLog log = accessLog;
        if (log != null) {
            listeners.add(log.onLoop(index));
        }
        return listeners;
    }

    /** What is counted, or null if nothing is. */
    public @Nullable Metrics metrics() {
        return metrics;
    }

    /** Looks whether something is to be said. Called now and then, by one thread that may not be held up. */
    public void check() {
        AccessLog log = accessLog;
        if (log != null) {
            log.check();
        }
    }

    /** Opens log files anew, as after they were moved away. For any thread. */
    public void reopenLogs() {
        AccessLog log = accessLog;
        if (log != null) {
            log.reopen();
        }
    }

    /** Writes what is left of the logs; the loops have ended. */
    @Override
    public void close() {
        AccessLog log = accessLog;
        if (log != null) {
            log.close();
        }
    }
}
