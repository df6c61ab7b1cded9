package io.weir.admin;

import io.weir.failover.MemberState;
import io.weir.health.Health;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Rest;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a walk through all pools has found, for {@link StatusPage}. */
@SuppressWarnings("EnumOrdinal") // a place in memory that nobody else sees
final class PoolFindings {
    private static final int UNWELL = 0;
    private static final int WELL = 1;

    private final RankedTable pools;
    private final Table resting;
    /** Workers by the ordinal of their health. */
    private final long[] workers = new long[Health.values().length];
    private long poolCount;
    private long restingWorkers;
    private long inFlight;

    PoolFindings(int limit) {
        pools = new RankedTable(limit, "app", "region", "workers", "well", "resting", "in_flight", "open", "queued");
        resting = new Table(limit, "worker", "app", "region", "zone", "resting", "cause");
    }

    void add(Fleet.Pool pool, long now) {
        int asleep = pool.resting(now);
        int well = pool.well();
        int busy = pool.inFlight();
        int size = pool.members().size();
        poolCount++;
        pool.members().forEach(state -> workers[state.health().ordinal()]++);
        restingWorkers += asleep;
        inFlight += busy;
        pools.row(
                asleep > 0 || well < size ? UNWELL : WELL,
                () -> new Object[] {pool.app(), pool.region(), size, well, asleep, busy, pool.connections(), pool.queued()});
        if (asleep > 0) {
            pool.members().forEach(state -> addIfResting(pool, state, now));
        }
    }

    private void addIfResting(Fleet.Pool pool, MemberState state, long now) {
        EndpointTarget target = Fleet.target(state);
        Rest rest = target == null ? null : Fleet.rest(target, now);
        if (target != null && rest != null) {
            resting.row(target.name(), pool.app(), pool.region(), target.zone(), Duration.ofNanos(rest.left()), EndpointEvents.word(rest.cause()));
        }
    }

    Map<String, Object> counts(int apps) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("apps", apps);
        counts.put("pools", poolCount);
        counts.put("workers", Arrays.stream(workers).sum());
        for (Health health : Health.values()) {
            counts.put(ControlEvents.word(health), workers[health.ordinal()]);
        }
        counts.put("resting", restingWorkers);
        counts.put("in_flight", inFlight);
        return counts;
    }

    /** The unwell ones, then the others. */
    Table pools() {
        return pools.inOrder();
    }

    Table resting() {
        return resting;
    }
}
