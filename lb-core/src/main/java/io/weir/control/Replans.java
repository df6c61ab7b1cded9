package io.weir.control;

import io.weir.balancing.Target;
import io.weir.control.NewsQueue.News;
import io.weir.failover.Scope;
import io.weir.health.HealthTransition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The apps whose plans are to be made anew. They are made in turns of half a millisecond, between which the control thread does what else
 * is due: what people decide may concern a hundred thousand apps, and a worker that fails meanwhile can't wait for all of them. So apps
 * with news of their workers come first in each turn ({@link NewsQueue} says in which order). But news may never cease, and so a quarter
 * of a turn is kept for plans that time changes and for what people decide, one of either in turn. Control thread only.
 *
 * <p>News that come within {@link Control#GATHER} are one change, so that a zone that is lost is no storm.
 */
final class Replans {
    /** Work that is done in one turn, and that of one app more; a worker that is looked at for a plan is one. */
    static final int AT_ONCE = 4000;

    /** After that long, in ns, a turn ends with the app that it is at, however little work that was: code and caches may be cold. */
    private static final long LONGEST = TimeUnit.MICROSECONDS.toNanos(500);

    /** One part in so many of a turn is not for news, if there is something else to do. */
    private static final int KEPT = 4;

    /** Work that a plan takes beside its workers. */
    private static final int OF_A_PLAN = 64;

    /** What is done with an app. */
    interface Plans {
        /** Makes its plans as of now, and publishes them. */
        void make(AppControl app);

        /** Makes one of them, as time has brought it. */
        void make(AppControl app, Steering steering);

        /** People have sent some of its workers' traffic away, with a word at {@code since} ns; plans follow at once. */
        void sentAway(AppControl app, Scope scope, long since);

        /** The plans that come of that are in force. */
        void tell(HealthTransition transition);

        /** Its plans are in force, and what was to be told was told. */
        void settled(AppControl app);

        /** A turn is over. */
        void over();
    }

    /** A plan that time changes: of an app whose traffic comes back. */
    private record Turning(AppControl app, Steering steering) {}

    /** All apps, one after the other, of which some are concerned by what people decided at {@code since} ns. */
    private record Walk(Iterator<AppControl> left, Scope scope, boolean away, long since, CompletableFuture<Void> through) {}

    private final ScheduledExecutorService thread;
    private final LongSupplier clock;
    private final Plans plans;
    private final NewsQueue news = new NewsQueue();
    private final ArrayDeque<Turning> turning = new ArrayDeque<>();
    private final ArrayDeque<Walk> walks = new ArrayDeque<>();
    /** Whether the time to gather runs. */
    private boolean gathering;
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
        var _ = urgent(app);
    }

    /** Of the app, nothing has changed but how much its gateways can take. */
    void shareChanged(AppControl app) {
        news.share(app);
        gather();
    }

    /** One of its workers has changed; that is told when the plans are in force. */
    void heard(AppControl app, HealthTransition transition) {
        urgent(app).heard(transition);
    }

    /** A worker doesn't answer: with the new plans in force, what it was asked is given back, and goes elsewhere. */
    void silent(AppControl app, Target target) {
        urgent(app).silent(target);
    }

    /** A worker refuses connections: as {@link #silent}, but what it has runs on. */
    void refusing(AppControl app, Target target) {
        urgent(app).refusing(target);
    }

    /**
     * Another app is in the place of that one, or with null none. Its plans are made anew when news are due: what was still to be told of the one
     * before is told then.
     */
    void replaced(AppControl before, @Nullable AppControl after) {
        List<HealthTransition> untold = news.forget(before);
        turning.removeIf(each -> each.app.equals(before));
        if (after != null) {
            untold.forEach(transition -> heard(after, transition));
        }
    }

    private News urgent(AppControl app) {
        gather();
        return news.urgent(app);
    }

    private void gather() {
        if (!gathering) {
            gathering = true;
            var _ = thread.schedule(this::gathered, Control.GATHER, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * People have decided something about some workers, of whichever of these apps. Returns what is done when all plans that come of it are in
     * force.
     *
     * @param away whether their traffic is sent elsewhere
     */
    CompletableFuture<Void> decided(Collection<AppControl> apps, Scope scope, boolean away) {
        CompletableFuture<Void> through = new CompletableFuture<>();
        walks.add(new Walk(apps.iterator(), scope, away, clock.getAsLong(), through));
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
        news.gathered();
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
        long begin = clock.getAsLong();
        int kept = hasOthers() ? AT_ONCE / KEPT : 0;
        long keptTime = hasOthers() ? LONGEST / KEPT : 0;
        int work = planHeard(new Room(AT_ONCE - kept, begin + LONGEST - keptTime));
        planOthers(new Room(Math.max(kept, AT_ONCE - work), Math.max(clock.getAsLong() + keptTime, begin + LONGEST)));
        Guarded.run(plans::over);
        if (news.isDue() || hasOthers()) {
            goOn();
        }
    }

    private boolean hasOthers() {
        return !turning.isEmpty() || !walks.isEmpty();
    }

    /** A part of a turn. */
    private final class Room {
        private final int most;
        private final long end;
        private int work;

        /** For {@code most} work, until {@code end} ns. */
        Room(int most, long end) {
            this.most = most;
            this.end = end;
        }

        boolean isLeft() {
            return work < most && clock.getAsLong() - end < 0;
        }
    }

    /** Those that there was news of. Returns the work that it was. */
    private int planHeard(Room room) {
        List<News> planned = new ArrayList<>();
        for (News next = next(room); next != null; next = next(room)) {
            AppControl app = next.app();
            Guarded.run(() -> plans.make(app));
            planned.add(next);
            room.work += work(app);
        }
        planned.forEach(it -> it.silent().forEach(Target::foundSilent));
        planned.forEach(it -> it.refusing().forEach(Target::foundRefusing));
        planned.forEach(it -> it.untold().forEach(transition -> Guarded.run(() -> plans.tell(transition))));
        planned.forEach(it -> Guarded.run(() -> plans.settled(it.app())));
        return room.work;
    }

    private @Nullable News next(Room room) {
        return room.isLeft() ? news.next() : null;
    }

    /** What time and people have changed. */
    private void planOthers(Room room) {
        while (room.isLeft() && hasOthers()) {
            if (!turning.isEmpty()) {
                Turning next = turning.remove();
                Guarded.run(() -> plans.make(next.app, next.steering));
                room.work += workOfOne(next.app);
            }
            if (!walks.isEmpty()) {
                room.work += walk(walks.element());
            }
        }
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
                plans.sentAway(app, walk.scope, walk.since);
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
