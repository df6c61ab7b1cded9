package io.weir.admin;

import io.weir.config.Settings;
import io.weir.telemetry.metrics.Metrics;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Rest;
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
 * {@code /status}: the whole at one glance. However many apps there are, it is one page: pools that are not well come first, then the
 * others, as far as there is room.
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

    /** What a walk through all pools has found. */
    private static final class Findings {
        private final Table unwell;
        private final Table well;
        private final Table resting;
        private long pools;
        private long workers;
        private long restingWorkers;
        private long inFlight;

        Findings(int limit) {
            unwell = poolTable(limit);
            well = poolTable(limit);
            resting = new Table(limit, "worker", "app", "region", "zone", "resting", "cause");
        }

        private static Table poolTable(int limit) {
            return new Table(limit, "app", "region", "workers", "resting", "in_flight", "open", "queued");
        }

        void add(Fleet.Pool pool, long now) {
            long asleep = pool.resting(now);
            int busy = pool.inFlight();
            pools++;
            workers += pool.targets().size();
            restingWorkers += asleep;
            inFlight += busy;
            Table table = asleep > 0 ? unwell : well;
            if (table.isFull()) {
                table.leaveOff(1);
            } else {
                table.row(pool.app(), pool.region(), pool.targets().size(), asleep, busy, pool.connections(), pool.queued());
            }
            if (asleep > 0) {
                pool.targets().forEach(target -> addIfResting(pool, target, now));
            }
        }

        private void addIfResting(Fleet.Pool pool, EndpointTarget target, long now) {
            Rest rest = Fleet.rest(target, now);
            if (rest != null) {
                resting.row(
                        target.name(), pool.app(), pool.region(), target.zone(), Duration.ofNanos(rest.left()), EndpointEvents.word(rest.cause()));
            }
        }

        Map<String, Object> counts(int apps) {
            Map<String, Object> counts = new LinkedHashMap<>();
            counts.put("apps", apps);
            counts.put("pools", pools);
            counts.put("workers", workers);
            counts.put("resting", restingWorkers);
            counts.put("in_flight", inFlight);
            return counts;
        }

        /** The unwell ones, then the others. */
        Table inOrder(int limit) {
            Table all = poolTable(limit);
            unwell.rows().forEach(row -> all.row(row.toArray()));
            well.rows().forEach(row -> all.row(row.toArray()));
            all.leaveOff(unwell.leftOff() + well.leftOff());
            return all;
        }
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(Fleet.APP, WorkersPage.LIMIT);
        int limit = request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, FEW_POOLS);
        long now = running.now();
        Findings findings = new Findings(limit);
        for (Iterator<Fleet.Pool> pools = new Fleet(running).pools(request).iterator(); pools.hasNext(); ) {
            findings.add(pools.next(), now);
        }
        Map<String, Object> facts = process();
        facts.put("counts", findings.counts(new Fleet(running).apps(request).size()));
        facts.put("pools", findings.inOrder(limit));
        facts.put("resting_workers", findings.resting);
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
