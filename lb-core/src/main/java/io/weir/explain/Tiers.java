package io.weir.explain;

import io.weir.balancing.Line;
import io.weir.config.AffinitySettings;
import io.weir.config.AppSettings;
import io.weir.config.BalanceSettings;
import io.weir.config.FailoverSettings;
import io.weir.config.Settings;
import io.weir.config.ZoneChoice;
import io.weir.failover.FailbackState;
import io.weir.failover.Member;
import io.weir.failover.Outlook;
import io.weir.failover.TierOutlook;
import io.weir.routing.Route;
import io.weir.topology.Region;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The stages in which an app's plan is found: what the app is, who is left out of it, and what each tier takes. */
record Tiers(AppNow app, Settings settings) {

    Stage app(Route route) {
        AppSettings it = app.settings();
        FailoverSettings failover = it.failover();
        AffinitySettings affinity = it.affinity();
        String balance = balance(it.balance());
        Stage stage = new Stage("app", it.name() + ", balanced by " + balance
                        + (affinity == null ? "" : ", with affinity by cookie " + affinity.cookie())
                        + (failover.zones() == ZoneChoice.PREFER_LOCAL ? ", the zone of this process first" : "") + ".")
                .fact("balance", balance);
        List<String> regions = new ArrayList<>(it.pools().keySet());
        stage.because("It has pools in " + String.join(", ", regions) + "; "
                + (failover.to().isEmpty() ? "no region takes over from another." : "failover is to " + String.join(", then ", failover.to()) + "."));
        if (route.app().sendsWorkersHost()) {
            stage.because("Its workers get their own address as Host.");
        }
        return stage;
    }

    private static String balance(BalanceSettings settings) {
        return switch (settings) {
            case BalanceSettings.RoundRobin() -> "round-robin";
            case BalanceSettings.LeastRequest() -> "least-request";
            case BalanceSettings.PeakEwma() -> "peak-ewma";
            case BalanceSettings.Hash(var _) -> "hash";
        };
    }

    // ---- residency

    Stage residency() {
        FailoverSettings failover = app.settings().failover();
        String residency = failover.residencyText();
        if (failover.residency() == null) {
            return new Stage("residency", "Any: the app's bytes may be sent everywhere.").fact("residency", List.of());
        }
        List<Member> outside = app.order().outside();
        if (outside.isEmpty()) {
            return new Stage("residency", residency + ": nobody is left out.").fact("residency", failover.residency().stream().sorted().toList());
        }
        Map<String, Integer> byRegion = new LinkedHashMap<>();
        outside.forEach(member -> byRegion.merge(member.worker().region(), 1, Integer::sum));
        Sheet sheet = new Sheet("left_out", "region", "jurisdiction", "workers");
        byRegion.forEach((region, workers) -> sheet.row(region, jurisdiction(region), workers));
        String who = workers(outside.size()) + " in " + String.join(", ", byRegion.keySet());
        return new Stage("residency", residency + ": leaves out " + who + (app.order().residencyStopped() ? ", and with them everybody." : "."))
                .fact("residency", failover.residency().stream().sorted().toList())
                .sheet(sheet);
    }

    private String jurisdiction(String region) {
        Region known = settings.regions().get(region);
        return known == null ? "unknown" : known.jurisdiction();
    }

    static String workers(int n) {
        return n + (n == 1 ? " worker" : " workers");
    }

    // ---- the plan

    Stage plan() {
        Outlook outlook = app.outlook();
        Stage stage = new Stage("plan", shares());
        if (outlook.recalled()) {
            stage.because("Nobody else is enabled: evacuated workers are recalled.");
        }
        Sheet sheet = new Sheet(
                "tiers", "tier", "region", "share", "goes_to", "within", "stands", "health", "capacity", "enabled", "proven", "available", "failback");
        for (int i = 0; i < outlook.tiers().size(); i++) {
            TierOutlook tier = outlook.tiers().get(i);
            FailbackState failback = tier.failback();
            tell(tier, stage);
            Line share = tier.share();
            boolean moves = share.end() > app.now() && share.from() != share.to();
            sheet.row(
                    tier.name(),
                    tier.region(),
                    new Part(share.at(app.now())),
                    moves ? new Part(share.to()) : null,
                    moves ? Duration.ofNanos(share.end() - app.now()) : null,
                    app.plan().standing(i, app.now()).text(),
                    new Part(tier.health()),
                    new Part(tier.capacity()),
                    tier.enabled(),
                    tier.proven(),
                    tier.available(),
                    failback.phase().name().toLowerCase(Locale.ROOT));
        }
        return stage.fact("recalled", outlook.recalled()).sheet(sheet);
    }

    private void tell(TierOutlook tier, Stage stage) {
        if (tier.panic()) {
            stage.because(tier.name() + " is in panic: too few of its workers are well to trust health, so all that are enabled serve.");
        }
        FailbackState failback = tier.failback();
        FailbackState.Phase phase = failback.phase();
        if (phase == FailbackState.Phase.SETTLED) {
            return;
        }
        // While it ramps up, the limit is that of when the plan was made; the share above is that of now.
        String limit = phase == FailbackState.Phase.RAMPING ? " is on its way back" : " gets at most " + new Part(failback.limit());
        long left = failback.until() - app.now();
        stage.because(tier.name() + limit + " (" + phase.name().toLowerCase(Locale.ROOT) + "): " + failback.why()
                + (failback.until() == FailbackState.OPEN || left <= 0 ? "." : ", " + Paragraphs.duration(Duration.ofNanos(left)) + " more."));
    }

    private String shares() {
        StringBuilder shares = new StringBuilder();
        for (TierOutlook tier : app.outlook().tiers()) {
            double share = tier.share().at(app.now());
            if (share > 0) {
                String to = shares.isEmpty() ? " of the traffic to " : " to ";
                shares.append(shares.isEmpty() ? "" : ", ").append(new Part(share)).append(to).append(tier.name());
            }
        }
        return shares.isEmpty() ? "Nobody takes traffic." : shares + ".";
    }
}
