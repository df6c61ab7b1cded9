package io.weir.control;

import io.weir.balancing.Target;
import io.weir.failover.Scope;
import io.weir.health.HealthTransition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The apps whose plans are to be made anew. They are made in turns of half a millisecond, between which the control thread does what else
 * is due: what people decide may concern a hundred thousand apps, and a worker that fails meanwhile can't wait for all of them. So apps with
 * news of their workers come first in each turn. Control thread only.
 *
 * <p>News that come within {@link Control#GATHER} are one change, so that a zone that is lost is no storm.
 */
final class Replans {
    /** Work that is done in one turn, and that of one app more; a worker that is looked at for a plan is one. */
    static final int AT_ONCE = 4000;

    /** After that long, in ns, a turn ends with the app that it is at, however little work that was: code and caches may be cold. */
    private static final long LONGEST = TimeUnit.MICROSECONDS.toNanos(500);

    /** Work that a plan takes beside its workers. */
    private static final int OF_A_PLAN = 64;

    /** What is done with an app. */
    interface Plans {
        /** Makes its plans as of now, and publishes them. */
        void make(AppControl app);

        /** Makes one of them, as time has brought it. */
        void make(AppControl app, Steering steering);

        /** People send some of its workers' traffic away; plans follow at once. */
        void sentAway(AppControl app, Scope scope);

        /** The plans that come of that are in force. */
        void tell(HealthTransition transition);

        /** Its plans are in force, and what was to be told was told. */
        void settled(AppControl app);

        /** A turn is over. */
        void over();
    }

    /** What was heard of an app's workers. */
    private static final class News {
        private final List<HealthTransition> untold = new ArrayList<>(1);
        private final List<Target> silent = new ArrayList<>(1);
        private final List<Target> refusing = new ArrayList<>(1);
    }

    /** A plan that time changes: of an app whose traffic comes back. */
    private record Turning(AppControl app, Steering steering) {}

    /** All apps, one after the other, of which some are concerned by what people decide. */
    private record Walk(Iterator<AppControl> left, Scope scope, boolean away, CompletableFuture<Void> through) {}

    private final ScheduledExecutorService thread;
    private final LongSupplier clock;
    private final Plans plans;
    /** Heard lately, and gathered until {@link #gathered}. */
    private LinkedHashMap<AppControl, News> fresh = new LinkedHashMap<>();
    /** Heard before, and due. */
    private LinkedHashMap<AppControl, News> due = new LinkedHashMap<>();

    private final ArrayDeque<Turning> turning = new ArrayDeque<>();
    private final ArrayDeque<Walk> walks = new ArrayDeque<>();
    /** Whether the time to gather runs. */
    private boolean gathering;
    /** Whether it is over for {@link #fresh}, which waits for {@link #due} alone. */
    private boolean gathered;
    /** Whether a turn was asked for. */
    private boolean going;

    /** {@code clock}: ns, monotonic. */
    Replans(ScheduledExecutorService thread, LongSupplier clock, Plans plans) {
        this.thread = thread;
        this.clock = clock;
        this.plans = plans;
    }

    /** Something of the app is not as it was. */
    void changed(AppControl app) {
        var _ = news(app);
    }

    /** One of its workers has changed; that is told when the plans are in force. */
    void heard(AppControl app, HealthTransition transition) {
        news(app).untold.add(transition);
    }

    /** A worker doesn't answer: with the new plans in force, what it was asked is given back, and goes elsewhere. */
    void silent(AppControl app, Target target) {
        news(app).silent.add(target);
    }

    /** A worker refuses connections: as {@link #silent}, but what it has runs on. */
    void refusing(AppControl app, Target target) {
        news(app).refusing.add(target);
    }

    private News news(AppControl app) {
        if (!gathering) {
            gathering = true;
            var _ = thread.schedule(this::gathered, Control.GATHER, TimeUnit.NANOSECONDS);
        }
        return fresh.computeIfAbsent(app, _ -> new News());
    }

    /**
     * People have decided something about some workers, of whichever of these apps. Returns what is done when all plans that come of it are in
     * force.
     *
     * @param away whether their traffic is sent elsewhere
     */
    CompletableFuture<Void> decided(Collection<AppControl> apps, Scope scope, boolean away) {
        CompletableFuture<Void> through = new CompletableFuture<>();
        walks.add(new Walk(apps.iterator(), scope, away, through));
        goOn();
        return through;
    }

    /** The time has come that a plan turns. */
    void turns(AppControl app, Steering steering) {
        turning.add(new Turning(app, steering));
        goOn();
    }

    private void gathered() {
        gathering = false;
        gathered = true;
        if (!going) { // else the next turn is due, and takes it in
            turn();
        }
    }

    private void goOn() {
        if (!going) {
            going = true;
            var _ = thread.schedule(this::nextTurn, 0, TimeUnit.NANOSECONDS); // behind what is due already
        }
    }

    private void nextTurn() {
        going = false;
        turn();
    }

    private void turn() {
        if (gathered && due.isEmpty()) {
            LinkedHashMap<AppControl, News> empty = due;
            due = fresh;
            fresh = empty;
            gathered = false;
        }
        long end = clock.getAsLong() + LONGEST;
        int work = planHeard(end);
        while (isTimeFor(work, end) && !turning.isEmpty()) {
            Turning next = turning.remove();
            Guarded.run(() -> plans.make(next.app, next.steering));
            work += workOfOne(next.app);
        }
        while (isTimeFor(work, end) && !walks.isEmpty()) {
            work += walk(walks.element());
        }
        Guarded.run(plans::over);
        if (gathered || !due.isEmpty() || !turning.isEmpty() || !walks.isEmpty()) {
            goOn();
        }
    }

    private boolean isTimeFor(int work, long end) {
        return work < AT_ONCE && clock.getAsLong() - end < 0;
    }

    /** Those that there was news of, as far as there is room in a turn. Returns the work that it was. */
    private int planHeard(long end) {
        int work = 0;
        Map<AppControl, News> planned = new LinkedHashMap<>();
        while (isTimeFor(work, end) && !due.isEmpty()) {
            Map.Entry<AppControl, News> next = due.pollFirstEntry();
            AppControl app = next.getKey();
            Guarded.run(() -> plans.make(app));
            planned.put(app, next.getValue());
            work += work(app);
        }
        planned.values().forEach(news -> news.silent.forEach(Target::foundSilent));
        planned.values().forEach(news -> news.refusing.forEach(Target::foundRefusing));
        planned.values().forEach(news -> news.untold.forEach(transition -> Guarded.run(() -> plans.tell(transition))));
        planned.keySet().forEach(app -> Guarded.run(() -> plans.settled(app)));
        return work;
    }

    /** The next app; returns the work that it was. */
    private int walk(Walk walk) {
        if (!walk.left.hasNext()) {
            walks.remove();
            walk.through.complete(null);
            return 0;
        }
        AppControl app = walk.left.next();
        if (!app.has(walk.scope)) {
            return app.members().size();
        }
        Guarded.run(() -> {
            if (walk.away) {
                plans.sentAway(app, walk.scope);
            }
            plans.make(app);
            plans.settled(app);
        });
        return work(app);
    }

    /** How much it is to make an app's plans, for all of them. */
    private static int work(AppControl app) {
        return (app.steerings().size() + app.own().size()) * workOfOne(app);
    }

    private static int workOfOne(AppControl app) {
        return OF_A_PLAN + app.members().size();
    }
}
