package io.weir.app;

import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.ControlCounts;
import io.weir.control.Measured;
import io.weir.control.Steering;
import io.weir.failover.Evacuations;
import io.weir.failover.MemberState;
import io.weir.failover.TierOutlook;
import io.weir.health.AdminState;
import io.weir.health.CheckCounts;
import io.weir.health.Health;
import io.weir.health.HealthTransition.Cause;
import io.weir.telemetry.metrics.Family;
import io.weir.telemetry.metrics.FurtherSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What checks and plans have to say among the metrics.
 *
 * @param clock of the plans, in ns
 */
public record ControlFigures(Control control, CheckCounts checks, LongSupplier clock) implements FurtherSeries {
    @Override
    public List<Family> families(Set<String> apps, long room) {
        List<Family> families = new ArrayList<>(counts(control.counts()));
        families.addAll(new OfApps(control.evacuations(), clock.getAsLong()).families(apps.stream().sorted().toList(), room));
        return families;
    }

    private List<Family> counts(ControlCounts counts) {
        Family workers = new Family("weir_workers", Family.Type.GAUGE, "Workers of all apps, by their health.");
        for (Health health : Health.values()) {
            workers.count(counts.workers(health), "health", word(health));
        }
        Family transitions = new Family("weir_health_transitions", Family.Type.COUNTER, "Changes of workers' health, by their cause.");
        for (Cause cause : Cause.values()) {
            for (Health to : Health.values()) {
                if (to != Health.UNPROVEN) {
                    transitions.count(counts.transitions(cause, to), "cause", word(cause), "to", word(to));
                }
            }
        }
        Family made = new Family("weir_checks", Family.Type.COUNTER, "Checks that were made, by what was asked and what came of it.");
        checks.forEach((kind, outcome, count) -> made.count(count, "kind", kind, "outcome", outcome));
        Family failovers = new Family(
                "weir_failovers", Family.Type.COUNTER, "Failovers, by what was lost: all workers of a zone, or what a tier needs for its share.");
        failovers.count(counts.zoneFailovers(), "lost", "zone");
        failovers.count(counts.tierFailovers(), "lost", "tier");
        Family risky = new Family(
                "weir_apps_unsafe", Family.Type.GAUGE, "Apps that couldn't bear the loss of some zone or some region, or have too few workers as it is.");
        risky.count(counts.appsWithZoneRisks(), "loss", "zone");
        risky.count(counts.appsWithRegionRisks(), "loss", "region");
        risky.count(counts.appsShortNow(), "loss", "none");
        List<Family> families = new ArrayList<>(List.of(workers, transitions, made, failovers, risky));
        families.add(one("weir_failbacks", Family.Type.COUNTER, "Tiers that have got their share back.", counts.failbacks()));
        families.add(one("weir_panics", Family.Type.COUNTER, "How often a tier began to use all its enabled workers.", counts.panics()));
        families.add(one("weir_tiers_in_panic", Family.Type.GAUGE, "Tiers that do so now.", counts.inPanic()));
        families.add(one("weir_evacuations", Family.Type.GAUGE, "Evacuations that are in force.", control.evacuations().all().size()));
        families.add(one(
                "weir_evacuations_unkept", Family.Type.GAUGE, "1 while a restart would not bring about the evacuations in force.", control.stateLost() ? 1 : 0));
        families.addAll(durations(counts));
        return families;
    }

    private static List<Family> durations(ControlCounts counts) {
        Family all = new Family(
                "weir_failover_duration_seconds", Family.Type.SUMMARY, "What failovers took, by what was found of the traffic.");
        for (Measured.Outcome outcome : Measured.Outcome.values()) {
            all.summary(counts.seconds(outcome), counts.measured(outcome), "outcome", word(outcome));
        }
        List<Family> families = new ArrayList<>(List.of(all));
        if (!Double.isNaN(counts.lastSeconds())) {
            Family last = new Family("weir_failover_last_duration_seconds", Family.Type.GAUGE, "What the last one took.");
            last.add(counts.lastSeconds());
            families.add(last);
        }
        families.add(one("weir_failover_objectives_missed", Family.Type.COUNTER, "Failovers that took longer than their app's objective.", counts.missed()));
        families.add(one(
                "weir_failovers_not_measured", Family.Type.COUNTER, "Failovers that were not measured, because too many others were.", counts.notMeasured()));
        return families;
    }

    private static Family one(String name, Family.Type type, String help, long value) {
        Family family = new Family(name, type, help);
        family.count(value);
        return family;
    }

    /** The series of apps and their workers. */
    private final class OfApps {
        private final Evacuations evacuations;
        private final long now;
        private final Family health =
                new Family("weir_worker_health", Family.Type.GAUGE, "1: a worker is well, 0: it is not; none before its first verdict.");
        private final Family away =
                new Family("weir_worker_evacuated", Family.Type.GAUGE, "1 for a worker whose traffic people sent elsewhere.");
        private final Family shares =
                new Family("weir_app_tier_share", Family.Type.GAUGE, "What a tier takes of the app's requests that ask for that region, or for none.");
        private final Family panics =
                new Family("weir_app_tiers_in_panic", Family.Type.GAUGE, "Tiers of an app's plans that use all their enabled workers.");
        private final Family risks =
                new Family("weir_app_unsafe_losses", Family.Type.GAUGE, "Zones and regions of which the loss would leave the app too little.");

        OfApps(Evacuations evacuations, long now) {
            this.evacuations = evacuations;
            this.now = now;
        }

        List<Family> families(List<String> names, long room) {
            List<Family> families = List.of(shares, panics, risks, health, away);
            List<AppControl> apps = names.stream().map(control::app).filter(Objects::nonNull).toList();
            addWhileRoom(apps, families, room, this::plans);
            addWhileRoom(apps, families, room, app -> app.states(evacuations).forEach(state -> worker(app, state)));
            return families;
        }

        private static void addWhileRoom(List<AppControl> apps, List<Family> families, long room, Consumer<AppControl> add) {
            for (AppControl app : apps) {
                if (families.stream().mapToLong(Family::bytes).sum() > room) {
                    return;
                }
                add.accept(app);
            }
        }

        private void plans(AppControl app) {
            String name = app.settings().name();
            long panicking = 0;
            for (Steering steering : app.steerings()) {
                String asked = steering.asked().equals(Steering.GLOBAL) ? "global" : steering.asked();
                for (TierOutlook tier : steering.outlook().tiers()) {
                    shares.add(tier.share().at(now), "app", name, "asked", asked, "tier", tier.name());
                    panicking += tier.panic() ? 1 : 0;
                }
            }
            panics.count(panicking, "app", name);
            risks.count(app.risks().zones(), "app", name, "loss", "zone");
            risks.count(app.risks().regions(), "app", name, "loss", "region");
        }

        private void worker(AppControl app, MemberState state) {
            String[] labels = {
                "app", app.settings().name(), "worker", state.member().target().name(), "zone", state.member().worker().zone()
            };
            if (state.health() != Health.UNPROVEN) {
                health.count(state.health().available() ? 1 : 0, labels);
            }
            if (state.admin() == AdminState.EVACUATED || state.admin() == AdminState.EVACUATED_HARD) {
                away.count(1, labels);
            }
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
