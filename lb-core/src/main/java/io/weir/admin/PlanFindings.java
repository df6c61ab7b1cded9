package io.weir.admin;

import io.weir.control.AppControl;
import io.weir.control.Measured;
import io.weir.control.Risks;
import io.weir.control.Steering;
import io.weir.failover.Evacuations;
import io.weir.failover.Exposure;
import io.weir.failover.FailbackState;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import io.weir.failover.TierOutlook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a walk through all apps has found of their plans, of what they could bear, and of what failovers took, for {@link StatusPage}. */
final class PlanFindings {
    private static final int TURNED = 0;
    private static final int SETTLED = 1;
    private static final int SHORT = 0;
    private static final int FEARS_ZONES = 1;
    private static final int FEARS_REGIONS = 2;
    private static final int SAFE = 3;

    private final int limit;
    private final long now;
    private final Evacuations evacuations;
    private final RankedTable plans;
    private final RankedTable safety;
    private final List<Measured> measured = new ArrayList<>();
    private long turned;
    private long inPanic;
    private long shortNow;
    private long fearsZones;
    private long fearsRegions;

    /** As it is at {@code now} ns. */
    PlanFindings(int limit, long now, Evacuations evacuations) {
        this.limit = limit;
        this.now = now;
        this.evacuations = evacuations;
        plans = new RankedTable(limit, "app", "asked", "tier", "share", "well", "enabled", "capacity", "panic", "state", "for", "left", "why");
        safety = new RankedTable(limit, "app", "safe_to_lose", "unsafe_to_lose");
    }

    void add(AppControl app) {
        app.steerings().forEach(steering -> add(app, steering));
        addSafety(app);
        if (app.lastMeasured() != null) {
            measured.add(app.lastMeasured());
        }
    }

    private void add(AppControl app, Steering steering) {
        Outlook outlook = steering.outlook();
        boolean panic = false;
        boolean settled = true;
        boolean served = false;
        for (TierOutlook tier : outlook.tiers()) {
            panic |= tier.panic();
            settled &= tier.failback().phase() == FailbackState.Phase.SETTLED;
            served |= tier.share().at(now) > 0;
        }
        boolean asItShould = settled && served && !panic && !outlook.recalled();
        turned += asItShould ? 0 : 1;
        inPanic += panic ? 1 : 0;
        outlook.tiers().forEach(tier -> plans.row(asItShould ? SETTLED : TURNED, () -> row(app, steering.asked(), tier, outlook.recalled())));
    }

    private @Nullable Object[] row(AppControl app, String asked, TierOutlook tier, boolean recalled) {
        FailbackState failback = tier.failback();
        boolean settled = failback.phase() == FailbackState.Phase.SETTLED;
        return new @Nullable Object[] {
            app.settings().name(),
            ControlEvents.asked(asked),
            tier.name(),
            Share.of(tier.share().at(now)),
            tier.available(),
            tier.enabled(),
            Share.of(tier.capacity()),
            tier.panic(),
            ControlEvents.word(failback.phase()),
            settled ? null : Duration.ofNanos(Math.max(0, now - failback.since())),
            settled || failback.until() == FailbackState.OPEN ? null : Duration.ofNanos(Math.max(0, failback.until() - now)),
            why(failback, recalled)
        };
    }

    private static @Nullable String why(FailbackState failback, boolean recalled) {
        if (recalled) {
            return "evacuated workers serve: nothing else is enabled";
        }
        return failback.why().isEmpty() ? null : failback.why();
    }

    private void addSafety(AppControl app) {
        Risks risks = app.risks();
        shortNow += risks.shortNow() ? 1 : 0;
        fearsZones += risks.zones() > 0 ? 1 : 0;
        fearsRegions += risks.regions() > 0 ? 1 : 0;
        int rank = risks.shortNow() ? SHORT : risks.zones() > 0 ? FEARS_ZONES : risks.regions() > 0 ? FEARS_REGIONS : SAFE;
        safety.row(rank, () -> {
            List<Exposure> exposures = app.exposures(evacuations);
            List<String> bearable = app.parts(evacuations).stream()
                    .filter(part -> exposures.stream().noneMatch(each -> part.equals(each.lost())))
                    .map(Scope::toString)
                    .toList();
            return new Object[] {app.settings().name(), bearable, texts(exposures)};
        });
    }

    /** {@code zone=ca-c1a (70% left for ca-c1 and global)}. */
    private static List<String> texts(List<Exposure> exposures) {
        Map<String, List<String>> asked = new LinkedHashMap<>();
        for (Exposure it : exposures) {
            String lost = it.lost() == null ? "nothing more" : it.lost().toString();
            asked.computeIfAbsent(lost + " (" + Share.of(it.left()) + " left for ", _ -> new ArrayList<>()).add(ControlEvents.asked(it.asked()));
        }
        return asked.entrySet().stream().map(each -> each.getKey() + String.join(" and ", each.getValue()) + ')').toList();
    }

    Map<String, Object> counts() {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("plans_turned", turned);
        counts.put("plans_in_panic", inPanic);
        counts.put("evacuations", evacuations.all().size());
        return counts;
    }

    /** How many apps couldn't bear what. */
    Map<String, Object> risks() {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("now", shortNow);
        counts.put("of_a_zone", fearsZones);
        counts.put("of_a_region", fearsRegions);
        return counts;
    }

    /** Those that are not as they should be, then the others. */
    Table plans() {
        return plans.inOrder();
    }

    /** Those that could bear least, then the others. */
    Table safety() {
        return safety.inOrder();
    }

    Table evacuations() {
        Table table = new Table(limit, "scope", "until", "hard");
        evacuations.all().forEach(it -> table.row(it.scope().toString(), it.until(), it.hard()));
        return table;
    }

    /** The last of each app, the newest first. */
    Table failovers() {
        Table table = new Table(
                        limit, "app", "lost", "cause", "began", "detected", "decided", "answered", "moved", "outcome", "failed", "retried",
                        "objective", "objective_met", "missed_by")
                .seldom("objective", "objective_met", "missed_by");
        measured.sort(Comparator.comparing(Measured::began).reversed());
        for (Measured it : measured) {
            Map<String, Object> facts = ControlEvents.facts(it);
            table.row(table.columns().stream().map(facts::get).collect(Collectors.toCollection(ArrayList::new)).toArray());
        }
        return table;
    }
}
