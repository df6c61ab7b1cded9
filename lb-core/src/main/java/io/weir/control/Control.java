package io.weir.control;

import io.weir.balancing.Target;
import io.weir.failover.ErrorRates;
import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the plans right: merges what is found out about workers and what people decide, and publishes another plan for each app that it
 * changes. Confined to the control thread; who is elsewhere executes on it, but for what pages ask: that is for any thread.
 *
 * <p>News that come within {@link #GATHER} are one change, so that a zone that is lost is no storm.
 */
public final class Control {
    /** How long news are gathered, in ns. */
    static final long GATHER = TimeUnit.MILLISECONDS.toNanos(2);

    /** How often failovers that are being measured are looked at, in ns. */
    static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private final ScheduledExecutorService thread;
    private final LongSupplier clock;
    private final InstantSource wall;
    private final @Nullable EvacuationFile file;
    private final ErrorRates errors;
    private final ControlListener listener;
    private final OwnPools ownPools;
    private final ControlCounts counts = new ControlCounts();
    private final Chronicle chronicle;
    private volatile Map<String, AppControl> apps = Map.of();
    private final Map<Worker, WorkerState> workers = new HashMap<>();
    private final Set<AppControl> changed = new LinkedHashSet<>();
    private final List<HealthTransition> untold = new ArrayList<>();
    private final List<Target> silent = new ArrayList<>();
    private final List<Target> refusing = new ArrayList<>();
    private final RiskBook riskBook;
    private boolean gathering;
    private boolean measuring;
    private volatile Evacuations evacuations = Evacuations.NONE;
    private @Nullable Future<?> evacuationEnd;
    private Newcomers newcomers = new Newcomers(List.of(), () -> {});

    /** One whose pools no other load balancer asks for. */
    public Control(
            ScheduledExecutorService thread,
            LongSupplier clock,
            InstantSource wall,
            @Nullable EvacuationFile file,
            ErrorRates errors,
            ControlListener listener) {
        this(thread, clock, wall, file, errors, listener, new OwnPools(1));
    }

    /**
     * @param clock ns, monotonic
     * @param file where evacuations are kept, or null
     * @param errors what traffic has seen lately
     * @param ownPools is told how those pools are that others may hand requests over to
     */
    public Control(
            ScheduledExecutorService thread,
            LongSupplier clock,
            InstantSource wall,
            @Nullable EvacuationFile file,
            ErrorRates errors,
            ControlListener listener,
            OwnPools ownPools) {
        this.thread = thread;
        this.clock = clock;
        this.wall = wall;
        this.file = file;
        this.errors = errors;
        this.listener = listener;
        this.ownPools = ownPools;
        this.chronicle = new Chronicle(counts, listener::happened);
        this.riskBook = new RiskBook(thread, counts, () -> evacuations);
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
        all.forEach(app -> app.own().forEach(steering -> tell(app, steering.asked())));
        newcomers = new Newcomers(apps.values(), whenKnown);
        newcomers.tell();
        evacuations = kept();
        if (!evacuations.isEmpty()) {
            waitForEnd();
            apps.values().forEach(this::changed);
        }
    }

    private Evacuations kept() {
        if (file == null) {
            return Evacuations.NONE;
        }
        try {
            return file.read().at(wall.instant());
        } catch (IOException e) {
            listener.stateLost(String.valueOf(e.getMessage()));
            return Evacuations.NONE;
        }
    }

    // ---- news

    /** A worker's health has changed. */
    public void healthChanged(HealthTransition transition) {
        WorkerState state = workers.get(transition.worker());
        if (state == null) {
            return; // it is no longer one of ours
        }
        if (transition.isShareAlone()) {
            state.become(transition);
            changed(state.app());
            return;
        }
        state.become(transition);
        newcomers.heard(state.app());
        chronicle.healthChanged(state.app(), transition);
        untold.add(transition);
        changed(state.app());
        Target target = state.member().target();
        if (transition.to().available()) {
            target.proven();
        } else if (transition.to() == Health.UNHEALTHY) {
            switch (transition.contact()) {
                case SILENT -> silent.add(target);
                case REFUSES -> refusing.add(target);
                case ANSWERS -> {}
            }
        }
    }

    /** Sends the traffic of some workers elsewhere. Those who must be asked first whether that leaves enough have asked. */
    public void evacuate(Evacuation evacuation) throws IOException {
        keep(evacuations.with(evacuation));
        apps.values().stream().filter(app -> covers(evacuation.scope(), app)).forEach(app -> {
            chronicle.sentAway(app, evacuation.scope());
            changed(app);
        });
        listener.evacuated(evacuation);
    }

    /** Ends an evacuation before its time. Whether there was one. */
    public boolean restore(Scope scope) throws IOException {
        if (evacuations.of(scope) == null) {
            return false;
        }
        keep(evacuations.without(scope));
        ended(scope, true);
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
        changed(known);
        return true;
    }

    private void keep(Evacuations next) throws IOException {
        if (file != null) {
            file.write(next);
        }
        evacuations = next;
        waitForEnd();
    }

    private void waitForEnd() {
        if (evacuationEnd != null) {
            evacuationEnd.cancel(false);
        }
        Instant end = evacuations.nextEnd();
        evacuationEnd = end == null
                ? null
                : thread.schedule(this::endEvacuations, Math.max(0, Duration.between(wall.instant(), end).toMillis()) + 1, TimeUnit.MILLISECONDS);
    }

    private void endEvacuations() {
        Evacuations before = evacuations;
        Evacuations next = before.at(wall.instant());
        try {
            keep(next);
        } catch (IOException e) {
            evacuations = next; // what is on the disk has ended too, by its date
            waitForEnd();
        }
        before.all().stream().filter(each -> !next.all().contains(each)).forEach(each -> ended(each.scope(), false));
    }

    private void ended(Scope scope, boolean early) {
        apps.values().stream().filter(app -> covers(scope, app)).forEach(this::changed);
        listener.restored(scope, early);
    }

    private static boolean covers(Scope scope, AppControl app) {
        return app.members().stream().anyMatch(member -> scope.covers(member.worker()));
    }

    // ---- plans

    private void changed(AppControl app) {
        changed.add(app);
        if (!gathering) {
            gathering = true;
            var _ = thread.schedule(this::replanChanged, GATHER, TimeUnit.NANOSECONDS);
        }
    }

    private void replanChanged() {
        gathering = false;
        List<AppControl> now = List.copyOf(changed);
        changed.clear();
        now.forEach(app -> Guarded.run(() -> replan(app)));
        silent.forEach(Target::foundSilent); // with the new plans in force, what is given back goes elsewhere
        silent.clear();
        refusing.forEach(Target::foundRefusing);
        refusing.clear();
        List<HealthTransition> tell = List.copyOf(untold);
        untold.clear();
        tell.forEach(transition -> Guarded.run(() -> listener.healthChanged(transition)));
        chronicle.settled(clock.getAsLong(), wall.instant(), evacuations);
        measure();
        newcomers.tell();
    }

    private void replan(AppControl app) {
        app.steerings().forEach(steering -> replan(app, steering));
        app.own().forEach(steering -> replan(app, steering));
        app.own().forEach(steering -> tell(app, steering.asked()));
        riskBook.changed(app);
    }

    /** Other load balancers hear how it is. */
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
        chronicle.tick(clock.getAsLong());
        measure();
    }

    private void replan(AppControl app, Steering steering) {
        long now = clock.getAsLong();
        Outlook before = steering.replan(now, this::state, errors);
        Outlook after = steering.outlook();
        steering.waitFor(
                after.next() == Long.MAX_VALUE
                        ? null
                        : thread.schedule(() -> Guarded.run(() -> replan(app, steering)), Math.max(0, after.next() - now), TimeUnit.NANOSECONDS));
        if (app.own().contains(steering)) {
            return;
        }
        chronicle.planned(app, steering.asked(), before, after, now);
        if (!before.plan().equals(after.plan())) {
            listener.planned(app.settings().name(), steering.asked(), before, after);
        }
    }

    private MemberState state(Member member) {
        WorkerState known = workers.get(member.worker());
        return known == null
                ? new MemberState(member, Health.UNPROVEN, evacuations.of(member.worker()), MemberState.NOT_WARMING)
                : new MemberState(member, known.health(), evacuations.of(member.worker()), known.warmSince(), known.share());
    }

    // ---- what pages and tools ask; for any thread

    public Evacuations evacuations() {
        return evacuations;
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
        return app.states(evacuations);
    }

    /** What it has seen and done, in numbers. */
    public ControlCounts counts() {
        return counts;
    }

    public long now() {
        return clock.getAsLong();
    }
}
