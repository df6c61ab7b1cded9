package io.weir.control;

import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.control.Incident.FailedOver;
import io.weir.failover.Member;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import io.weir.failover.TierSpec;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps book of what happens to the traffic of apps: tells it, counts it, and has failovers measured. A failover is that a tier loses of
 * its share, or that all workers of a zone are lost of a tier that goes on without them. One worker of several is none, and nor are
 * workers that no plan sent anything to. Control thread only.
 */
final class Chronicle {
    /** A worker that was lost longer ago than that, in ns, has no part in what happens now. */
    private static final long TOGETHER = TimeUnit.SECONDS.toNanos(60);

    private final Consumer<Incident> told;
    private final Incidents incidents;
    private final Recoveries recoveries;
    private final ControlCounts counts;
    /** Since plans were last made. */
    private final Map<AppControl, Losses> losses = new HashMap<>();

    /** A zone of a region. */
    private record Place(String region, String zone) {
        static Place of(Worker worker) {
            return new Place(worker.region(), worker.zone());
        }
    }

    /** What an app has lost. */
    private static final class Losses {
        /** The targets that traffic went to before. */
        private final Set<Target> served;

        private final Set<Place> places = new LinkedHashSet<>();
        private boolean byFault;
        /** When people first sent some of it away, in ns. */
        private long word = Long.MAX_VALUE;
        /** What became of tiers. */
        private final List<FailedOver> tiers = new ArrayList<>();

        /** Of the app, whose plans in force are those from before. */
        Losses(AppControl app) {
            served = serving(app);
        }

        /** Whether that is a loss: a worker that was sent nothing, because it was evacuated already, is none. */
        boolean add(Member member) {
            boolean isLoss = member.target().weight() > 0 && served.contains(member.target());
            if (isLoss) {
                places.add(Place.of(member.worker()));
            }
            return isLoss;
        }
    }

    Chronicle(ControlCounts counts, Consumer<Incident> told) {
        this.counts = counts;
        this.told = incident -> {
            counts.incident(incident);
            told.accept(incident);
        };
        this.incidents = new Incidents(this.told);
        this.recoveries = new Recoveries(measured -> this.told.accept(new Incident.FailoverMeasured(measured)));
    }

    // ---- news

    /** A worker's health has changed; plans follow. */
    void healthChanged(WorkerState worker, HealthTransition transition) {
        counts.transition(transition.from(), transition.to(), transition.cause());
        if (isLoss(transition)) {
            Losses lost = losses.computeIfAbsent(worker.app(), Losses::new);
            lost.byFault |= lost.add(worker.member());
        }
    }

    private static boolean isLoss(HealthTransition transition) {
        return transition.from().available() && transition.to() == Health.UNHEALTHY;
    }

    /** People have sent the traffic of some of an app's workers away, with a word at {@code since} ns; plans follow. */
    void sentAway(AppControl app, Scope scope, long since) {
        Losses lost = losses.computeIfAbsent(app, Losses::new);
        lost.word = Math.min(lost.word, since);
        app.members().stream().filter(member -> scope.covers(member.worker())).forEach(lost::add);
    }

    /** One of an app's plans is another one, or for other reasons. */
    void planned(AppControl app, String asked, Outlook before, Outlook after, long now) {
        List<FailedOver> failovers = incidents.planned(app, asked, before, after, now);
        Losses lost = losses.get(app);
        if (lost == null) {
            failovers.forEach(told); // time has brought it, not news of workers
        } else {
            lost.tiers.addAll(failovers);
        }
        if (!before.plan().equals(after.plan())) {
            recoveries.planned(app, now);
        }
    }

    /** Another app is in the place of that one, or with null none. A failover of it that is being measured is not measured to its end. */
    void replaced(AppControl before, @Nullable AppControl after) {
        losses.remove(before);
        incidents.replaced(before, after);
        if (recoveries.forget(before)) {
            counts.unmeasured();
        }
    }

    /** All plans of the app that follow from the news are in force. */
    void settled(AppControl app, long now, Instant wall) {
        Losses lost = losses.remove(app);
        FailedOver failover = lost == null ? null : failover(app, lost, now);
        if (lost != null && failover != null && !lost.places.isEmpty()) {
            if (!recoveries.begin(app, loss(app, lost, failover, now), now, wall)) {
                counts.unmeasured();
            }
            app.toldUntil(now);
        }
    }

    /** Whether {@link #tick} has something to look at. */
    boolean measures() {
        return !recoveries.isEmpty();
    }

    /** Whether there is more to look at, at once. */
    boolean tick(long now) {
        return recoveries.tick(now);
    }

    /** Tells of what was lost and returns the gravest; null if it is no failover. */
    private @Nullable FailedOver failover(AppControl app, Losses lost, long now) {
        Set<Target> serving = lost.places.isEmpty() ? Set.of() : serving(app);
        List<FailedOver> zones = lost.places.stream().map(place -> zoneLost(app, place, serving, now)).filter(Objects::nonNull).toList();
        // Where a zone was lost, that its tier gives some of its share away is a part of the same.
        List<FailedOver> all = Stream.concat(lost.tiers.stream().filter(tier -> zones.isEmpty() || tier.share() == 0), zones.stream()).toList();
        all.forEach(told);
        return all.isEmpty() ? null : all.getFirst();
    }

    // ---- zones

    private @Nullable FailedOver zoneLost(AppControl app, Place place, Set<Target> serving, long now) {
        if (app.workers().stream().anyMatch(worker -> Place.of(worker.member().worker()).equals(place) && serves(worker, serving))) {
            return null;
        }
        for (Steering steering : app.steerings()) {
            Outlook outlook = steering.outlook();
            for (int i = 0; i < outlook.tiers().size(); i++) {
                Tier tier = outlook.plan().tiers().get(i);
                double share = outlook.tiers().get(i).share().at(now);
                if (share > 0 && !tier.panic() && !tier.targets().isEmpty() && holds(steering.planner().order().tiers().get(i), place)) {
                    return new FailedOver(
                            app.settings().name(), place.region, FailedOver.ZONE + place.zone, share, "none of its workers serves any longer");
                }
            }
        }
        return null;
    }

    private static boolean serves(WorkerState worker, Set<Target> serving) {
        Target target = worker.member().target();
        return worker.health().available() && target.weight() > 0 && serving.contains(target);
    }

    /** The targets in an app's plans that are in force. */
    private static Set<Target> serving(AppControl app) {
        Set<Target> serving = Collections.newSetFromMap(new IdentityHashMap<>());
        app.steerings().forEach(steering -> steering.outlook().plan().tiers().forEach(tier -> serving.addAll(tier.targets())));
        return serving;
    }

    private static boolean holds(TierSpec tier, Place place) {
        return tier.members().stream().anyMatch(member -> Place.of(member.worker()).equals(place));
    }

    // ---- measuring

    /** What is known of how it came about, from the workers that were lost lately and had no part in an earlier failover. */
    private static Recoveries.Loss loss(AppControl app, Losses lost, FailedOver failover, long now) {
        if (!lost.byFault) {
            return new Recoveries.Loss(failover.lost(), true, lost.word, lost.word);
        }
        long firstSign = now;
        long detected = Long.MIN_VALUE;
        for (WorkerState worker : app.workers()) {
            HealthTransition last = worker.last();
            if (last != null && isLoss(last) && now - last.at() < TOGETHER && last.at() > app.toldUntil()) {
                firstSign = Math.min(firstSign, last.at() - last.since());
                detected = Math.max(detected, last.at());
            }
        }
        return new Recoveries.Loss(failover.lost(), false, firstSign, detected == Long.MIN_VALUE ? now : detected);
    }
}
