package io.weir.health;

import io.weir.config.CheckSettings;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The check of one endpoint and its rhythm, for all workers there that are checked alike. The first is at once, in the order of
 * {@link Pace}; the second comes after a random part of the interval, so that endpoints that came together part; from then on one an
 * interval, give or take {@link CheckSettings#JITTER}. While one of its workers is suspected, it comes every 500 ms with less patience. A
 * question is never asked before the one before has ended. Health loop only.
 */
final class EndpointCheck {
    private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(500);
    /** Checks in their settled rhythm begin at common ticks: a loop that wakes up for ten at once needs half the time for each. */
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Duration QUICK_TIMEOUT = Duration.ofSeconds(1);

    private final Asked asked;
    private final Checks checks;
    private final LoopTime time;
    private final CheckCounts counts;
    private final long interval;
    private final Duration timeout;
    private final Duration quickTimeout;
    private final List<WatchedWorker> workers = new ArrayList<>(1);
    private final Runnable ask = this::ask;
    private final Consumer<CheckResult> answer = this::answered;

    private Check check;
    private boolean asking;
    private boolean closed;
    /** Whether the next question stands in line to come as soon as it may. */
    private boolean hurried;

    private boolean askedBefore;
    private long askedAt;
    private long patientUntil;
    private @Nullable CheckResult last;
    private long lastAt;
    /** While asking: gives the question up, if it was asked with more patience than there is now. Else: asks. */
    private @Nullable ScheduledFuture<?> timer;

    private long nextAt;

    /** What is asked where. Equal ones are asked once. */
    record Asked(WorkerAddress address, CheckSettings settings) {}

    EndpointCheck(Asked asked, Checks checks, LoopTime time, CheckCounts counts) {
        this.asked = asked;
        this.checks = checks;
        this.time = time;
        this.counts = counts;
        this.interval = asked.settings().interval().toNanos();
        this.timeout = asked.settings().timeout();
        this.quickTimeout = timeout.compareTo(QUICK_TIMEOUT) < 0 ? timeout : QUICK_TIMEOUT;
        this.check = checks.of(asked.address(), asked.settings());
    }

    Asked asked() {
        return asked;
    }

    /** Begins to tell {@code worker}: with what is known, if it is good and no older than an interval; else by asking at once. */
    void join(WatchedWorker worker, Pace pace) {
        worker.seat(workers.size());
        workers.add(worker);
        long now = time.now();
        CheckResult known = last;
        if (known != null && known.passed() && now - lastAt < interval) {
            worker.checked(known);
        } else if (!asking) {
            hurry(pace);
        }
    }

    /** Stops telling {@code worker}. Whether nobody is left: then it has ended. */
    boolean leave(WatchedWorker worker) {
        WatchedWorker last = workers.removeLast();
        if (last != worker) { // takes the place that is free, since there may be a hundred thousand behind it
            workers.set(worker.seat(), last);
            last.seat(worker.seat());
        }
        if (workers.isEmpty()) {
            close();
        }
        return closed;
    }

    void close() {
        closed = true;
        cancelTimer();
        check.close();
    }

    /** Asks at once. A question that is under way is waited for, but no longer than one that is asked now. */
    void hurry(Pace pace) {
        long now = time.now();
        if (asking) {
            if (patientUntil - now > quickTimeout.toNanos()) {
                patientUntil = now + quickTimeout.toNanos();
                schedule(quickTimeout.toNanos(), this::giveUp);
            }
        } else if (!hurried) {
            hurried = true;
            schedule(pace.delay(now), ask);
        }
    }

    /** Asks within 500 ms of the last question, or at once if that was longer ago. */
    void soon() {
        long now = time.now();
        long at = askedAt + QUICK - now > 0 ? askedAt + QUICK : now;
        if (!asking && !hurried && nextAt - at > 0) {
            nextAt = at;
            schedule(at - now, ask);
        }
    }

    private void ask() {
        timer = null;
        hurried = false;
        asking = true;
        askedAt = time.now();
        Duration patience = suspected() ? quickTimeout : timeout;
        patientUntil = askedAt + patience.toNanos();
        try {
            check.ask(patience, answer);
        } catch (RuntimeException e) {
            answered(CheckResult.failed(CheckResult.Failure.UNASKED, e.toString()));
        }
    }

    private void giveUp() {
        timer = null;
        check.close();
        check = checks.of(asked.address(), asked.settings());
        answered(CheckResult.failed(CheckResult.Failure.TIMEOUT, "no answer in time"));
    }

    private void answered(CheckResult result) {
        if (closed || !asking) {
            return;
        }
        asking = false;
        cancelTimer();
        counts.add(asked.settings().kind(), result);
        if (result.failure() == CheckResult.Failure.UNASKED) {
            scheduleNext(); // it says nothing of the worker
            return;
        }
        last = result;
        lastAt = time.now();
        try {
            for (int i = 0; i < workers.size(); i++) {
                workers.get(i).checked(result);
            }
        } finally {
            scheduleNext();
        }
    }

    private void scheduleNext() {
        long gap;
        if (suspected()) {
            gap = Math.min(QUICK, interval);
        } else if (askedBefore) {
            gap = (long) (interval * (1 + CheckSettings.JITTER * (2 * time.luck() - 1)));
        } else {
            gap = (long) (interval * time.luck());
        }
        askedBefore = true;
        long now = time.now();
        long at = askedAt + (suspected() ? gap : gap - Math.floorMod(askedAt + gap, TICK));
        nextAt = at - now > 0 ? at : now;
        schedule(nextAt - now, ask);
    }

    private boolean suspected() {
        for (int i = 0; i < workers.size(); i++) {
            if (workers.get(i).health().suspected()) {
                return true;
            }
        }
        return false;
    }

    private void schedule(long delay, Runnable task) {
        cancelTimer();
        timer = time.after(delay, task);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
