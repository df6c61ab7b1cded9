package io.weir.control;

import io.weir.balancing.Target;
import io.weir.failover.ErrorRates;
import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the plans right: merges what is found out about workers and what people decide, and publishes another plan for each app that it
 * changes. Confined to the control thread; who is elsewhere executes on it, but for what pages ask: that is for any thread.
 *
 * <p>Start reading at {@link Replans}, which says in which order plans are made.
 */
public final class Control {
    /** How long news are gathered, in ns. */
    static final long GATHER = TimeUnit.MILLISECONDS.toNanos(2);

    /** How often failovers that are being measured are looked at, in ns. */
    static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private final ScheduledExecutorService thread;
    private final LongSupplier clock;
    private final InstantSource wall;
    private final EvacuationBook book;
    private final LatchBook latchBook;
    private final ErrorRates errors;
    private final ControlListener listener;
    private final OwnPools ownPools;
    private final ControlCounts counts = new ControlCounts();
    private final Chronicle chronicle;
    private volatile Map<String, AppControl> apps = Map.of();
    private final Map<Worker, WorkerState> workers = new HashMap<>();
    private final Replans replans;
    private final RiskBook riskBook;
    /** Written by the control thread alone. */
    private volatile CompletableFuture<Void> planned = CompletableFuture.completedFuture(null);

    private boolean measuring;
    private boolean recalled;
    /** What tiers go on from; none from the first plans on. */
    private Latches recalledLatches = Latches.NONE;
    private Newcomers newcomers = new Newcomers(List.of(), () -> {});

    /** One whose pools no other load balancer asks for. */
    public Control(
            ScheduledExecutorService thread,
            LongSupplier clock,
            InstantSource wall,
            @Nullable EvacuationFile file,
            ErrorRates errors,
            ControlListener listener) {
        this(thread, clock, wall, new KeptState(file, null), errors, listener, new OwnPools(1));
    }

    /**
     * @param clock ns, monotonic
     * @param kept where evacuations and failback latches are kept
     * @param errors what traffic has seen lately
     * @param ownPools is told how those pools are that others may hand requests over to
     */
    public Control(
            ScheduledExecutorService thread,
            LongSupplier clock,
            InstantSource wall,
            KeptState kept,
            ErrorRates errors,
            ControlListener listener,
            OwnPools ownPools) {
        this.thread = thread;
        this.clock = clock;
        this.wall = wall;
        this.book = new EvacuationBook(thread, wall, kept.evacuations(), each -> ended(each.scope(), false), listener::stateLost, listener::stateKept);
        this.latchBook = new LatchBook(thread, wall, kept.latches(), this::latches, listener);
        this.errors = errors;
        this.listener = listener;
        this.ownPools = ownPools;
        this.chronicle = new Chronicle(counts, listener::happened);
        this.riskBook = new RiskBook(thread, counts, book::inForce);
        this.replans = new Replans(thread, clock, new Planning());
    }

    /** The same, with nothing inherited. */
    public Evacuations recall() {
        return recall(null);
    }

    /**
     * Evacuations that were kept hold from now on, and tiers go on from where they were. Before the first table is built, so that its plans are
     * made amid evacuations.
     *
     * @param inherited what another process has told of its tiers; null: what was kept holds
     */
    public Evacuations recall(@Nullable Latches inherited) {
        recalled = true;
        book.open();
        recalledLatches = inherited == null ? latchBook.open() : inherited;
        return book.inForce();
    }

    /** From now on this process keeps on the disk what tiers remember of their failback. */
    public void keepLatches() {
        latchBook.keep();
    }

    /** What tiers remember of their failback now. */
    public Latches latches() {
        return Latches.of(apps.values(), clock.getAsLong());
    }

    /** Evacuations that were kept by another process meanwhile hold as well, and those that it has ended don't. */
    public void recallAnew() {
        Evacuations before = book.inForce();
        book.open();
        Evacuations now = book.inForce();
        now.all().stream().filter(each -> !before.all().contains(each)).forEach(each -> planned = replans.decided(apps.values(), each.scope(), true));
        before.all().stream().filter(each -> now.of(each.scope()) == null).forEach(each -> planned = replans.decided(apps.values(), each.scope(), false));
    }

    /** Another process has taken this one's place: nothing is written any more. Done when all that were to be are, or can't be. */
    public CompletableFuture<Void> handOver() {
        latchBook.handOver();
        return book.handOver();
    }

    /**
     * Takes these apps over: from now on it alone publishes their plans. Evacuations that were kept hold for them.
     *
     * @param whenKnown is run once when each of their pools has a worker that is available, or a verdict on all of its workers, and the plans
     *     that come of it are in force
     */
    public void take(Collection<AppControl> all, Runnable whenKnown) {
        Map<String, AppControl> taken = new LinkedHashMap<>();
        for (AppControl app : all) {
            taken.put(app.settings().name(), app);
            for (WorkerState worker : app.workers()) {
                workers.put(worker.member().worker(), worker);
                counts.worker(worker.health());
            }
            riskBook.changed(app);
        }
        apps = Collections.unmodifiableMap(taken);
        if (!recalled) {
            recall().all().forEach(each -> planned = replans.decided(apps.values(), each.scope(), false));
        }
        goOnFrom(recalledLatches);
        recalledLatches = Latches.NONE;
        all.forEach(app -> app.own().forEach(steering -> tell(app, steering.asked())));
        ownPools.publish();
        newcomers = new Newcomers(apps.values(), whenKnown);
        newcomers.tell();
    }

    private void goOnFrom(Latches latches) {
        long now = clock.getAsLong();
        for (Latches.Plan plan : latches.plans().keySet()) {
            AppControl app = apps.get(plan.app());
            if (app != null) {
                for (Steering steering : plan.own() ? app.own() : app.steerings()) {
                    if (steering.asked().equals(plan.asked())) {
                        steering.goOnFrom(latches.of(app, plan.own(), steering), now);
                        var _ = steering.replan(now, this::state, errors);
                        turn(app, steering, now);
                    }
                }
            }
        }
    }

    // ---- another config

    /**
     * The apps are these from now on. What is known of workers and tiers that stay goes on, and the plans that come of it are in force when this
     * returns, but no request reads them yet: that is for {@code whenPlanned} to bring about.
     *
     * @param all in the config's order
     * @param changes those that aren't what they were
     */
    public void replace(Map<String, AppControl> all, List<AppChange> changes, Runnable whenPlanned) {
        long now = clock.getAsLong();
        List<WorkerState> gone = new ArrayList<>();
        changes.forEach(change -> adopt(change, gone));
        for (AppChange change : changes) {
            AppControl app = change.after();
            if (app != null) {
                takeOver(change.before(), app, now);
            }
        }
        whenPlanned.run();
        apps = Collections.unmodifiableMap(all);
        for (WorkerState worker : gone) {
            if (workers.remove(worker.member().worker(), worker)) {
                counts.workerGone(worker.health());
            }
        }
        for (AppChange change : changes) {
            Guarded.run(() -> settle(change));
        }
        newcomers.tell();
        ownPools.publish();
        latchBook.changed();
    }

    /** Those of its workers that stay are known from here on as they were. */
    private void adopt(AppChange change, List<WorkerState> gone) {
        AppControl app = change.after();
        if (app != null) {
            for (WorkerState worker : app.workers()) {
                WorkerState known = workers.put(worker.member().worker(), worker);
                if (known == null) {
                    counts.worker(worker.health());
                } else {
                    worker.goOnFrom(known);
                }
            }
        }
        if (change.before() != null) {
            gone.addAll(change.before().workers());
        }
    }

    private void takeOver(@Nullable AppControl before, AppControl app, long now) {
        takeOver(before == null ? List.of() : before.steerings(), app.steerings(), app, now);
        takeOver(before == null ? List.of() : before.own(), app.own(), app, now);
        if (before != null) {
            app.goOnFrom(before);
        }
    }

    private void takeOver(List<Steering> before, List<Steering> steerings, AppControl app, long now) {
        for (Steering steering : steerings) {
            before.stream().filter(was -> was.asked().equals(steering.asked())).findFirst().ifPresent(was -> steering.goOnFrom(was, now));
            var _ = steering.replan(now, this::state, errors);
            turn(app, steering, now);
        }
    }

    /** Whatever hangs on the app that was is the other one's, or nobody's. */
    private void settle(AppChange change) {
        AppControl before = change.before();
        AppControl after = change.after();
        if (before != null) {
            before.steerings().forEach(steering -> steering.waitFor(null));
            before.own().forEach(steering -> steering.waitFor(null));
            replans.replaced(before, after);
            chronicle.replaced(before, after);
            riskBook.forget(before);
            newcomers.replaced(before, after);
            before.own().stream()
                    .filter(was -> after == null || after.own().stream().noneMatch(is -> is.asked().equals(was.asked())))
                    .forEach(was -> ownPools.remove(before.settings().name(), was.asked()));
        }
        if (after != null) {
            riskBook.changed(after);
            after.own().forEach(steering -> tell(after, steering.asked()));
        }
    }

    /** Whether it is one of the apps now. */
    private boolean isCurrent(AppControl app) {
        return app.equals(apps.get(app.settings().name()));
    }

    // ---- news

    /** A worker's health has changed, or how it meets requests, or how much of what stands behind it can serve. */
    public void healthChanged(HealthTransition transition) {
        WorkerState state = workers.get(transition.worker());
        if (state == null) {
            return; // it is no longer one of ours
        }
        AppControl app = state.app();
        state.become(transition);
        state.hear();
        if (transition.keepsHealth()) {
            replans.shareChanged(app);
        } else {
            chronicle.healthChanged(state, transition);
            replans.heard(app, transition);
        }
        Target target = state.member().target();
        if (transition.to() == Health.UNHEALTHY) {
            switch (transition.contact()) {
                case SILENT -> replans.silent(app, target);
                case REFUSES -> replans.refusing(app, target);
                case ANSWERS -> {}
            }
        } else if (transition.to().available() && !transition.keepsHealth()) {
            target.proven();
            newcomers.foundWell(app);
        }
    }

    /**
     * Sends the traffic of some workers elsewhere. Those who must be asked first whether that leaves enough have asked. It is in force at once;
     * when the plans follow, {@link #planned} says, and whether it holds over a restart, {@link #kept}.
     */
    public void evacuate(Evacuation evacuation) {
        book.become(evacuations().with(evacuation));
        planned = replans.decided(apps.values(), evacuation.scope(), true);
        listener.evacuated(evacuation);
    }

    /** Ends an evacuation before its time. Whether there was one. */
    public boolean restore(Scope scope) {
        Evacuation standing = evacuations().of(scope);
        return standing != null && restore(standing);
    }

    /** The same, unless it isn't in force any more, or another one of that scope is instead. */
    public boolean restore(Evacuation evacuation) {
        if (!evacuations().all().contains(evacuation)) {
            return false;
        }
        book.become(evacuations().without(evacuation.scope()));
        ended(evacuation.scope(), true);
        return true;
    }

    /** Brings an app's traffic back at once where it waits, be it for its time or for a person. Whether there is such an app. */
    public boolean failBack(String app) {
        AppControl known = apps.get(app);
        if (known == null) {
            return false;
        }
        known.steerings().forEach(steering -> steering.planner().failBackNow());
        known.own().forEach(steering -> steering.planner().failBackNow());
        replans.changed(known);
        return true;
    }

    private void ended(Scope scope, boolean early) {
        planned = replans.decided(apps.values(), scope, false);
        listener.restored(scope, early);
    }

    // ---- plans

    /** What comes of an app's news. */
    private final class Planning implements Replans.Plans {
        @Override
        public void make(AppControl app) {
            if (!isCurrent(app)) {
                return; // another config has come meanwhile, and its plans were made amid all that is known
            }
            app.steerings().forEach(steering -> make(app, steering));
            app.own().forEach(steering -> make(app, steering));
            app.own().forEach(steering -> Control.this.tell(app, steering.asked()));
            riskBook.changed(app);
            newcomers.heard(app);
        }

        @Override
        public void make(AppControl app, Steering steering) {
            if (isCurrent(app)) {
                replan(app, steering);
            }
        }

        @Override
        public void sentAway(AppControl app, Scope scope, long since) {
            if (!isCurrent(app)) {
                return;
            }
            chronicle.sentAway(app, scope, since);
        }

        @Override
        public void tell(HealthTransition transition) {
            listener.healthChanged(transition);
        }

        @Override
        public void settled(AppControl app) {
            chronicle.settled(app, clock.getAsLong(), wall.instant());
        }

        @Override
        public void over() {
            ownPools.publish();
            measure();
            newcomers.tell();
        }
    }

    /** Other load balancers will hear how it is. */
    private void tell(AppControl app, String region) {
        ownPools.put(
                app.settings().name(),
                region,
                app.members().stream().filter(member -> member.worker().region().equals(region)).map(this::state).toList());
    }

    private void measure() {
        if (!measuring && chronicle.measures()) {
            measuring = true;
            var _ = thread.schedule(this::look, TICK, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        measuring = false;
        Guarded.run(() -> {
            if (chronicle.tick(clock.getAsLong())) {
                measuring = true;
                var _ = thread.schedule(this::look, 0, TimeUnit.NANOSECONDS); // behind what is due already
            }
        });
        measure();
    }

    private void replan(AppControl app, Steering steering) {
        long now = clock.getAsLong();
        Outlook before = steering.replan(now, this::state, errors);
        Outlook after = steering.outlook();
        turn(app, steering, now);
        latchBook.planned(before, after);
        if (app.own().contains(steering)) {
            return;
        }
        chronicle.planned(app, steering.asked(), before, after, now);
        if (!before.plan().equals(after.plan())) {
            listener.planned(app.settings().name(), steering.asked(), before, after);
        }
    }

    /** Has the plan made anew when time changes it. */
    private void turn(AppControl app, Steering steering, long now) {
        long next = steering.outlook().next();
        steering.waitFor(
                next == Long.MAX_VALUE ? null : thread.schedule(() -> replans.turns(app, steering), Math.max(0, next - now), TimeUnit.NANOSECONDS));
    }

    /** What is known of a worker; null if it is none of ours. */
    @Nullable WorkerState known(Worker worker) {
        return workers.get(worker);
    }

    private MemberState state(Member member) {
        AdminState admin = evacuations().of(member.worker());
        WorkerState known = workers.get(member.worker());
        return known == null
                ? new MemberState(member, Health.UNPROVEN, admin, MemberState.NOT_WARMING)
                : new MemberState(member, known.health(), admin, known.warmSince(), known.share());
    }

    // ---- what pages and tools ask; for any thread

    public Evacuations evacuations() {
        return book.inForce();
    }

    /** Whether evacuations could not be kept over a restart as they are, as far as the disk has said. For any thread. */
    public boolean stateLost() {
        return book.lost();
    }

    /**
     * Done when the evacuations that are in force now would be so after a restart, as far as any are kept; fails with an
     * {@link java.io.IOException} if they couldn't be written. That is tried again by and by.
     */
    public CompletableFuture<Void> kept() {
        return book.kept();
    }

    /** Done when the plans that come of what people have decided until now are in force; with very many apps that takes a second or two. */
    public CompletableFuture<Void> planned() {
        return planned.copy();
    }

    /** In the config's order. */
    public Collection<AppControl> apps() {
        return apps.values();
    }

    public @Nullable AppControl app(String name) {
        return apps.get(name);
    }

    /** How the members of an app are at the moment. */
    public List<MemberState> states(AppControl app) {
        return app.states(evacuations());
    }

    /** What it has seen and done, in numbers. */
    public ControlCounts counts() {
        return counts;
    }

    public long now() {
        return clock.getAsLong();
    }
}
