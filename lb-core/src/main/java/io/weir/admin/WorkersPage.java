package io.weir.admin;

import io.weir.health.Health;
import io.weir.upstream.Endpoint;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Rest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /workers}: how each worker of each pool is and what it has to do. */
final class WorkersPage implements Page {
    static final String LIMIT = "limit";
    static final int FEW = 100;
    static final int MOST = 10_000;

    private static final String[] COLUMNS = {
        "app", "region", "worker", "zone", "weight", "health", "admin_state", "in_flight", "open", "idle", "queued", "resting", "cause"
    };

    private record Row(Fleet.Pool pool, EndpointTarget target) {}

    private final Running running;

    WorkersPage(Running running) {
        this.running = running;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(Fleet.APP, LIMIT);
        int limit = request.number(LIMIT, 1, MOST, FEW);
        List<Row> rows = new ArrayList<>();
        long leftOff = 0;
        for (Iterator<Fleet.Pool> pools = new Fleet(running).pools(request).iterator(); pools.hasNext(); ) {
            Fleet.Pool pool = pools.next();
            int taken = Math.min(pool.targets().size(), limit - rows.size());
            pool.targets().subList(0, taken).forEach(target -> rows.add(new Row(pool, target)));
            leftOff += pool.targets().size() - taken;
        }
        Table table = table(rows);
        table.leaveOff(leftOff);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("workers", table);
        return new Reply.Facts(facts);
    }

    private Table table(List<Row> rows) {
        int @Nullable [] idle = IdleConnections.count(rows.stream().map(row -> row.target.endpoint()).toList(), running.loops());
        long now = running.now();
        Table table = new Table(MOST, COLUMNS);
        for (int i = 0; i < rows.size(); i++) {
            EndpointTarget target = rows.get(i).target;
            Endpoint endpoint = target.endpoint();
            Rest rest = Fleet.rest(target, now);
            table.row(
                    rows.get(i).pool.app(),
                    rows.get(i).pool.region(),
                    target.name(),
                    target.zone(),
                    target.weight(),
                    Health.HEALTHY.name().toLowerCase(Locale.ROOT), // workers aren't checked yet: each is healthy from the start
                    "enabled",
                    target.inFlight(),
                    endpoint.connections(),
                    idle == null ? null : idle[i],
                    endpoint.queued(),
                    rest == null ? null : Duration.ofNanos(rest.left()),
                    rest == null ? null : EndpointEvents.word(rest.cause()));
        }
        return table;
    }
}
