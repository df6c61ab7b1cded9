package io.weir.admin;

import io.weir.failover.MemberState;
import io.weir.health.CheckResult;
import io.weir.health.WorkerReport;
import io.weir.topology.Worker;
import io.weir.upstream.Endpoint;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Rest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code /workers}: how each worker of each pool is and what it has to do. */
final class WorkersPage implements Page {
    static final String LIMIT = "limit";
    static final int FEW = 100;
    static final int MOST = 10_000;

    /** How long the health loop may take to say what it knows. */
    private static final long PATIENCE_MILLIS = 500;

    private static final String[] COLUMNS = {
        "app", "region", "worker", "zone", "weight", "health", "for", "cause", "detail", "admin_state", "check", "checked", "failed_checks",
        "failed_answers", "ejected", "certificate_end", "in_flight", "open", "idle", "queued", "resting", "rest_cause"
    };

    /** Left out of the text while they have nothing to say: it is wide enough without them. */
    private static final String[] SELDOM = {"detail", "ejected", "certificate_end", "resting", "rest_cause"};

    private record Row(MemberState state, EndpointTarget target) {
        Worker worker() {
            return state.member().worker();
        }
    }

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
            for (MemberState state : pools.next().members()) {
                EndpointTarget target = Fleet.target(state);
                if (target != null && rows.size() < limit) {
                    rows.add(new Row(state, target));
                } else {
                    leftOff++;
                }
            }
        }
        Table table = table(rows);
        table.leaveOff(leftOff);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("workers", table);
        return new Reply.Facts(facts);
    }

    private Table table(List<Row> rows) {
        int @Nullable [] idle = IdleConnections.count(rows.stream().map(row -> row.target.endpoint()).toList(), running.loops());
        Map<Worker, WorkerReport> reports = reports(rows);
        long now = running.now();
        Table table = new Table(MOST, COLUMNS).seldom(SELDOM);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            List<@Nullable Object> cells = new ArrayList<>();
            addPlace(cells, row);
            addHealth(cells, row, reports.get(row.worker()), now);
            addLoad(cells, row.target, idle == null ? null : idle[i], now);
            table.row(cells.toArray());
        }
        return table;
    }

    /** What the health loop knows; nothing if it doesn't answer. */
    private Map<Worker, WorkerReport> reports(List<Row> rows) {
        Map<Worker, WorkerReport> byWorker = new HashMap<>();
        try {
            running.describe(rows.stream().map(Row::worker).toList())
                    .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .forEach(report -> byWorker.put(report.worker(), report));
        } catch (TimeoutException | ExecutionException | CancellationException _) {
            // What the control thread knows is shown.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return byWorker;
    }

    private static void addPlace(List<@Nullable Object> cells, Row row) {
        cells.add(row.worker().app());
        cells.add(row.worker().region());
        cells.add(row.target.name());
        cells.add(row.target.zone());
        cells.add(row.target.weight());
    }

    private static void addHealth(List<@Nullable Object> cells, Row row, @Nullable WorkerReport report, long now) {
        cells.add(ControlEvents.word(report == null ? row.state.health() : report.health()));
        if (report == null) {
            cells.addAll(Collections.nCopies(3, null));
            cells.add(ControlEvents.word(row.state.admin()));
            cells.addAll(Collections.nCopies(6, null));
            return;
        }
        cells.add(Duration.ofNanos(Math.max(0, now - report.since())));
        cells.add(report.cause() == null ? null : ControlEvents.word(report.cause()));
        cells.add(report.detail().isEmpty() ? null : report.detail());
        cells.add(ControlEvents.word(row.state.admin()));
        CheckResult check = report.lastCheck();
        cells.add(check == null ? null : outcome(check));
        cells.add(check == null ? null : Duration.ofNanos(Math.max(0, now - report.checkedAt())));
        cells.add(report.failedChecks());
        cells.add(report.failedAnswers());
        cells.add(report.ejected() ? Duration.ofNanos(Math.max(0, report.ejectedUntil() - now)) : null);
        cells.add(check == null ? null : check.certificateEnd());
    }

    private static String outcome(CheckResult check) {
        String word = check.failure() == null ? "passed" : ControlEvents.word(check.failure());
        return check.detail().isEmpty() ? word : word + ": " + check.detail();
    }

    private static void addLoad(List<@Nullable Object> cells, EndpointTarget target, @Nullable Integer idle, long now) {
        Endpoint endpoint = target.endpoint();
        Rest rest = Fleet.rest(target, now);
        cells.add(target.inFlight());
        cells.add(endpoint.connections());
        cells.add(idle);
        cells.add(endpoint.queued());
        cells.add(rest == null ? null : Duration.ofNanos(rest.left()));
        cells.add(rest == null ? null : EndpointEvents.word(rest.cause()));
    }
}
