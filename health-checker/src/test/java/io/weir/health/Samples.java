package io.weir.health;

import io.weir.config.CheckSettings;
import io.weir.config.EjectionSettings;
import io.weir.config.HealthSettings;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Workers, settings and reports for tests. */
final class Samples {
    /** Every 5 s, 2 s of patience, rise 2, fall 3. */
    static final CheckSettings CHECK = CheckSettings.DEFAULT;

    static final EjectionSettings EJECTION = EjectionSettings.DEFAULTS;
    static final Duration SLOW_START = Duration.ofSeconds(30);
    static final HealthSettings SETTINGS = new HealthSettings(CHECK, EJECTION, SLOW_START);
    static final HealthSettings UNCHECKED = new HealthSettings(null, EJECTION, SLOW_START);

    private Samples() {}

    static Worker worker(int number) {
        return worker("orders", number);
    }

    static Worker worker(String app, int number) {
        return new Worker(app, "ca-c1", "ca-c1a", new WorkerAddress("127.0." + number / 250 + "." + (1 + number % 250), 9000));
    }

    static List<Worker> workers(int count) {
        return IntStream.range(0, count).mapToObj(Samples::worker).toList();
    }

    static HealthSettings with(@Nullable CheckSettings check, @Nullable EjectionSettings ejection) {
        return new HealthSettings(check, ejection, SLOW_START);
    }

    static TrafficReport good(Worker worker, int count) {
        return new TrafficReport(worker, count, 0, 0, 0, 0, false);
    }

    /** Bad answers, {@code streak} in a row by now. */
    static TrafficReport bad(Worker worker, int count, int streak) {
        return new TrafficReport(worker, 0, count, streak, 0, 0, false);
    }

    /** Attempts that got no answer, {@code streak} in a row by now. */
    static TrafficReport silent(Worker worker, int count, int streak) {
        return new TrafficReport(worker, 0, count, streak, count, 0, false);
    }

    /** Attempts that got no connection, as it was refused, {@code streak} bad ones in a row by now. */
    static TrafficReport refused(Worker worker, int count, int streak) {
        return new TrafficReport(worker, 0, count, streak, count, count, false);
    }

    /** Good and bad ones, a good one last. */
    static TrafficReport mixed(Worker worker, int good, int bad) {
        return new TrafficReport(worker, good, bad, 0, 0, 0, false);
    }

    static TrafficReport waiting(Worker worker) {
        return new TrafficReport(worker, 0, 0, 0, 0, 0, true);
    }
}
