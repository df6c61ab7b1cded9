package io.weir.health;

import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One worker as it is watched: its health with the clock, the check that it shares, and what its answers count. Health loop only. */
final class WatchedWorker {
    private final Worker worker;
    private final WatchedPool pool;
    private final WorkerHealth health;
    private final LoopTime time;
    private final Pace suspects;
    private final Consumer<HealthTransition> listener;

    private @Nullable EndpointCheck check;
    /** Its place among those that the check tells. */
    private int seat;
    private @Nullable ScheduledFuture<?> timer;
    private long timerAt = LoopTime.NEVER;

    /** Of what stands behind it, how much can serve. */
    private double share = 1;

    /** In the pool's window. */
    private long good;

    private long bad;

    WatchedWorker(Worker worker, WatchedPool pool, WorkerHealth health, LoopTime time, Pace suspects, Consumer<HealthTransition> listener) {
        this.worker = worker;
        this.pool = pool;
        this.health = health;
        this.time = time;
        this.suspects = suspects;
        this.listener = listener;
    }

    Worker worker() {
        return worker;
    }

    WatchedPool pool() {
        return pool;
    }

    WorkerHealth health() {
        return health;
    }

    @Nullable EndpointCheck check() {
        return check;
    }

    void checkedBy(@Nullable EndpointCheck its) {
        check = its;
    }

    int seat() {
        return seat;
    }

    void seat(int its) {
        seat = its;
    }

    long good() {
        return good;
    }

    long bad() {
        return bad;
    }

    void countAnew() {
        good = 0;
        bad = 0;
    }

    void checked(CheckResult result) {
        CheckResult own = result.of(worker);
        long now = time.now();
        HealthTransition change = health.checked(own, now);
        if (own.passed() && own.share() != share) {
            share = own.share();
            if (change == null) {
                Health same = health.health();
                change = new HealthTransition(worker, same, same, Cause.CHECK, own.detail(), Contact.ANSWERS, 0, now);
            }
        }
        announce(change);
    }

    void answered(TrafficReport report, long now) {
        good += report.earlier() + report.good();
        bad += report.bad();
        if (!report.isNews()) {
            return;
        }
        boolean suspected = health.suspected();
        announce(health.answered(report, now));
        if (check != null && !suspected && health.suspected()) {
            check.hurry(suspects);
        } else if (check != null && health.wantsCheck(report)) {
            check.soon();
        }
    }

    void eject(Cause cause, String detail, long now) {
        countAnew();
        announce(health.eject(cause, detail, now));
    }

    /** What another process has to know of it, or null. */
    @Nullable HealthMemo memo() {
        return health.memo(share, time.now());
    }

    /** It was just made, and another process knew this of it, or with null nothing. */
    void begin(@Nullable HealthMemo memo) {
        if (memo == null) {
            announce(health.begin(time.now()));
        } else {
            share = memo.share();
            announce(health.goOnFrom(memo, time.now()));
        }
    }

    /** Passes on what has changed, if something has, and keeps the timer. */
    void announce(@Nullable HealthTransition transition) {
        long now = time.now();
        long due = health.nextDue(now);
        if (due != timerAt) {
            stop();
            timerAt = due;
            if (due != LoopTime.NEVER) {
                timer = time.after(Math.max(0, due - now), this::due);
            }
        }
        if (transition != null) {
            listener.accept(transition.withShare(share));
        }
    }

    private void due() {
        timer = null;
        timerAt = LoopTime.NEVER;
        announce(health.due(time.now()));
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
