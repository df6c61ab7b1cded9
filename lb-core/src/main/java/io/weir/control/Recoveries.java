package io.weir.control;

import io.weir.balancing.Setbacks;
import io.weir.control.Measured.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The failovers that are being measured, one of each app. Control thread only. */
final class Recoveries {
    /** How many at a time: each is looked at at every tick. */
    static final int MOST = 1000;

    /** How many are looked at in one turn: half a millisecond's work. */
    private static final int AT_ONCE = 50;

    private final Consumer<Measured> told;
    private final Map<AppControl, Ongoing> ongoing = new LinkedHashMap<>();
    /** Those that were not looked at yet this time. */
    private final ArrayDeque<AppControl> unseen = new ArrayDeque<>();

    /** One of them. */
    private static final class Ongoing {
        private final Recovery recovery;
        private final Loss loss;
        private final Instant began;
        private final Setbacks.Sums before;
        private AppFlow flow;

        Ongoing(Recovery recovery, Loss loss, Instant began, Setbacks.Sums before, AppFlow flow) {
            this.recovery = recovery;
            this.loss = loss;
            this.began = began;
            this.before = before;
            this.flow = flow;
        }
    }

    /**
     * What was lost.
     *
     * @param what {@code zone ca-c1a}, {@code tier ca-c1}
     * @param firstSign ns on the control thread's clock
     * @param detected when the last verdict came
     */
    record Loss(String what, boolean evacuated, long firstSign, long detected) {}

    /** {@code told} of each that is over. */
    Recoveries(Consumer<Measured> told) {
        this.told = told;
    }

    /** Traffic is to leave some of the app's workers from {@code now} ns on. False if too many are measured already. */
    boolean begin(AppControl app, Loss loss, long now, Instant wall) {
        AppFlow flow = new AppFlow(app, now);
        Ongoing known = ongoing.get(app);
        if (known != null) {
            known.flow = flow;
            known.recovery.extend(loss.detected(), now, flow);
            return true;
        }
        if (ongoing.size() >= MOST) {
            return false;
        }
        Recovery recovery = new Recovery(loss.firstSign(), loss.detected(), now, flow);
        Instant began = wall.minusNanos(now - recovery.firstSign()).truncatedTo(ChronoUnit.MILLIS);
        ongoing.put(app, new Ongoing(recovery, loss, began, app.app().setbacks().before(recovery.firstSign(), now), flow));
        return true;
    }

    /** Another plan of the app is in force, by which traffic leaves nobody. */
    void planned(AppControl app, long now) {
        Ongoing known = ongoing.get(app);
        if (known != null) {
            known.flow = new AppFlow(app, now);
        }
    }

    /** The app isn't there any more. Whether its failover was being measured. */
    boolean forget(AppControl app) {
        return ongoing.remove(app) != null;
    }

    boolean isEmpty() {
        return ongoing.isEmpty();
    }

    /**
     * Looks at some of them; every 100 ms, after what event loops counted was summed, and again at once until it says that there are no more.
     */
    boolean tick(long now) {
        if (unseen.isEmpty()) {
            unseen.addAll(ongoing.keySet());
        }
        for (int seen = 0; seen < AT_ONCE && !unseen.isEmpty(); seen++) {
            AppControl app = unseen.remove();
            Ongoing it = ongoing.get(app);
            Outcome outcome = it == null ? null : it.recovery.tick(now, it.flow);
            if (it != null && outcome != null) {
                ongoing.remove(app);
                Measured measured = measured(app, it, outcome);
                app.lastMeasured(measured);
                told.accept(measured);
            }
        }
        return !unseen.isEmpty();
    }

    private static Measured measured(AppControl app, Ongoing it, Outcome outcome) {
        Recovery recovery = it.recovery;
        Setbacks.Sums setbacks = app.app().setbacks().sums().minus(it.before);
        return new Measured(
                app.settings().name(),
                it.loss.what(),
                it.loss.evacuated(),
                it.began,
                Duration.ofNanos(recovery.toDetected()),
                Duration.ofNanos(recovery.toDecided()),
                recovery.toAnswered() < 0 ? null : Duration.ofNanos(recovery.toAnswered()),
                recovery.toMoved() < 0 ? null : Duration.ofNanos(recovery.toMoved()),
                outcome,
                setbacks.failed(),
                setbacks.retried(),
                app.settings().failover().rto());
    }
}
