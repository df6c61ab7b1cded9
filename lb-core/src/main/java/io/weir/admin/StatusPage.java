package io.weir.admin;

import io.weir.config.Settings;
import io.weir.telemetry.metrics.Metrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * {@code /status}: the whole at one glance. However many apps there are, it is one page: what is not as it should be comes first, then the
 * rest, as far as there is room.
 */
final class StatusPage implements Page {
    private static final int FEW_POOLS = 20;

    private final Running running;
    private final List<String> adminAddresses;
    private final LongSupplier wrongTokens;
    private final InstantSource clock;

    StatusPage(Running running, List<String> adminAddresses, LongSupplier wrongTokens, InstantSource clock) {
        this.running = running;
        this.adminAddresses = adminAddresses;
        this.wrongTokens = wrongTokens;
        this.clock = clock;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(Fleet.APP, WorkersPage.LIMIT);
        int limit = request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, FEW_POOLS);
        long now = running.now();
        Fleet fleet = new Fleet(running);
        PoolFindings pools = new PoolFindings(limit);
        for (Iterator<Fleet.Pool> all = fleet.pools(request).iterator(); all.hasNext(); ) {
            pools.add(all.next(), now);
        }
        PlanFindings plans = new PlanFindings(limit, now, running.control().evacuations());
        fleet.controls(request).forEach(plans::add);
        Map<String, Object> facts = process();
        facts.put("counts", pools.counts(fleet.apps(request).size()));
        facts.put("failover", plans.counts());
        facts.put("apps_at_risk", plans.risks());
        facts.put("pools", pools.pools());
        facts.put("plans", plans.plans());
        facts.put("evacuations", plans.evacuations());
        facts.put("safety", plans.safety());
        facts.put("failovers", plans.failovers());
        facts.put("resting_workers", pools.resting());
        return new Reply.Facts(facts);
    }

    private Map<String, Object> process() {
        ServedConfig config = running.config();
        Settings settings = config.settings();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("weir", running.version());
        facts.put("pid", ProcessHandle.current().pid());
        facts.put("uptime", Duration.between(running.started(), clock.instant()));
        facts.put("readiness", running.readiness().word());
        facts.put("here", inOrder("region", settings.here().region(), "zone", settings.here().zone()));
        facts.put("config", ConfigPage.origin(config));
        ConfigPage.putLastReload(running, facts);
        facts.put("listeners", running.listeners());
        facts.put("admin", new ArrayList<>(adminAddresses));
        facts.put("wrong_tokens", wrongTokens.getAsLong());
        facts.put("connections", inOrder("open", running.connections(), "most", settings.limits().connections()));
        if (running.metrics() != null) {
            facts.put("requests", requests(running.metrics()));
        }
        return facts;
    }

    /** Since the start. */
    private static Map<String, Object> requests(Metrics metrics) {
        Histogram durations = metrics.durations();
        Map<String, Object> facts = inOrder("settled", metrics.exchangesSettled(), "p50", micros(durations.getValueAtPercentile(50)));
        facts.put("p99", micros(durations.getValueAtPercentile(99)));
        facts.put("longest", micros(durations.getMaxValue()));
        return facts;
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }

    private static Map<String, Object> inOrder(String name, Object fact, String secondName, Object second) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put(name, fact);
        facts.put(secondName, second);
        return facts;
    }
}
