package io.weir.health;

import io.weir.config.EjectionSettings;
import io.weir.config.HealthSettings;
import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one app in one region: compares their answers, and holds ejections within bounds. Out by answers are at most
 * {@code most} of the pool and of those of it that get requests, one if that is less than one, and never the last available one of these.
 * Those that checks convicted don't count as ejected: checks are believed without bounds.
 *
 * <p>Success rates are counted in {@linkplain AnswerWindow windows} of 10 s. With the first report of each second, what the window held before
 * it is compared by {@link SuccessRate}, so that much traffic needs no 10 s to see a bad worker; the worst of those found guilty goes, and the
 * rest are seen a second later, compared with better company. Seconds and windows are the clock's, and what a report brings is compared in
 * the next second: so it makes no difference whether good answers were told as they came, or when the first bad one did. Health loop only.
 */
final class WatchedPool {
    private final List<WatchedWorker> workers = new ArrayList<>(1); // most are small, and there may be a hundred thousand
    private final Function<Worker, Service> inService;
    private HealthSettings settings;
    /** The window that is counted. */
    private long window;
    /** The second in which rates were last looked at. */
    private long second;

    /** {@code inService}: who gets requests while it is well. */
    WatchedPool(HealthSettings settings, Function<Worker, Service> inService, long now) {
        this.settings = settings;
        this.inService = inService;
        this.window = AnswerWindow.of(now);
        this.second = AnswerWindow.second(now);
    }

    /** In the order in which they came; for the monitor to change. */
    List<WatchedWorker> workers() {
        return workers;
    }

    HealthSettings settings() {
        return settings;
    }

    void settings(HealthSettings next) {
        settings = next;
    }

    /** What requests saw of one of its workers. */
    void answered(WatchedWorker worker, TrafficReport report, long now) {
        EjectionSettings limits = settings.ejection();
        if (AnswerWindow.second(now) != second) {
            second = AnswerWindow.second(now);
            compare(limits, now);
        }
        worker.answered(report, now);
        if (limits != null && worker.health().failsInARow(report) && canSpare(worker, limits)) {
            worker.eject(Cause.FAILURES, report.streak() == 1 ? "a failure" : report.streak() + " failures in a row", now);
        }
    }

    /** What was counted before this second. */
    private void compare(@Nullable EjectionSettings limits, long now) {
        if (AnswerWindow.of(now) != window) {
            window = AnswerWindow.of(now);
            workers.forEach(WatchedWorker::countAnew);
        } else if (limits != null) {
            lookAtRates(limits, now);
        }
    }

    private boolean canSpare(WatchedWorker worker, EjectionSettings limits) {
        if (!hasRoom(workers, limits)) {
            return false; // while many fail at once, most are turned away here
        }
        Collection<WatchedWorker> serving = serving();
        return (!serving.contains(worker) || hasRoom(serving, limits))
                && serving.stream().anyMatch(each -> each != worker && each.health().health().available());
    }

    /** Those that get requests while they are well. If nobody does, those who are called back; there may be none of these either. */
    private Collection<WatchedWorker> serving() {
        List<WatchedWorker> serving = those(Service.SERVES);
        return serving.isEmpty() ? those(Service.IF_CALLED_BACK) : serving;
    }

    private List<WatchedWorker> those(Service which) {
        return workers.stream().filter(each -> inService.apply(each.worker()) == which).toList();
    }

    private static boolean hasRoom(Collection<WatchedWorker> those, EjectionSettings limits) {
        int ejected = 0;
        for (WatchedWorker each : those) {
            ejected += each.health().ejected() ? 1 : 0;
        }
        return ejected < mostEjected(those.size(), limits.most());
    }

    /** How many of {@code size} may be out by answers. */
    static int mostEjected(int size, double most) {
        return most == 0 ? 0 : Math.max(1, (int) (most * size));
    }

    private void lookAtRates(EjectionSettings limits, long now) {
        long good = 0;
        long bad = 0;
        for (WatchedWorker each : workers) {
            if (each.health().health().available()) {
                good += each.good();
                bad += each.bad();
            }
        }
        WatchedWorker worst = worst(good, bad);
        if (worst != null && canSpare(worst, limits)) {
            long othersGood = good - worst.good();
            long othersBad = bad - worst.bad();
            worst.eject(
                    Cause.SUCCESS_RATE,
                    percent(worst.good(), worst.bad()) + " of its answers are good, " + percent(othersGood, othersBad) + " of the others'",
                    now);
        }
    }

    /** The one that fails most of those that fail far more than the others. {@code good} and {@code bad}: answers of all available ones. */
    private @Nullable WatchedWorker worst(long good, long bad) {
        WatchedWorker worst = null;
        for (WatchedWorker each : workers) {
            if (each.health().health().available()
                    && SuccessRate.farBelow(each.good(), each.bad(), good - each.good(), bad - each.bad())
                    && (worst == null || failing(each) > failing(worst))) {
                worst = each;
            }
        }
        return worst;
    }

    private static double failing(WatchedWorker worker) {
        return (double) worker.bad() / (worker.good() + worker.bad());
    }

    private static String percent(long good, long bad) {
        return 100 * good / (good + bad) + "%";
    }
}
