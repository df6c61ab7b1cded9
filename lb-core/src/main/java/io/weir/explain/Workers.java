package io.weir.explain;

import io.weir.balancing.Standing;
import io.weir.balancing.Target;
import io.weir.balancing.TraceStep;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.TierSpec;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.health.WorkerReport;
import io.weir.topology.Worker;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Rest;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stage that shows the workers of a plan's tiers: who may be picked, and why the others may not. */
final class Workers {
    /** Workers that are listed; of more, those that an attempt takes and those that can't be picked come first. */
    private static final int MOST = 40;

    /** Of those, how many that can't be picked: they may be all alike. */
    private static final int MOST_BARRED = 20;

    /** @param barred why it can't be picked, or null */
    private record Row(TierSpec tier, Standing standing, Member member, MemberState state, @Nullable String barred) {
        String stands() {
            return barred != null ? barred : switch (standing) {
                case SERVING -> "serves";
                case STANDBY -> "stands by";
                case HELD_BACK -> "held back";
                case PANIC -> "in panic";
            };
        }
    }

    private final AppNow app;
    private final Picks picks;

    Workers(AppNow app, Picks picks) {
        this.app = app;
        this.picks = picks;
    }

    Stage stage(Subject subject) {
        List<Row> rows = rows();
        List<Row> shown = shown(rows);
        Map<Worker, WorkerReport> reports = subject.reports(shown.stream().map(row -> row.member.worker()).toList());
        Map<String, TraceStep.Candidate> candidates = picks.candidates();
        Sheet sheet = new Sheet(
                "workers",
                "worker", "tier", "zone", "weight", "stands", "health", "admin_state", "in_flight", "latency", "rests", "rest_cause", "warm", "cost", "gateway_of", "reports", "seen");
        for (Row row : shown) {
            add(row, candidates.get(row.member.target().name()), reports.get(row.member.worker()), sheet);
        }
        sheet.leaveOff(rows.size() - shown.size());
        return new Stage("workers", outcome(rows)).sheet(sheet);
    }

    private String outcome(List<Row> rows) {
        int gateways = (int) rows.stream().filter(row -> app.settings().isBehindGateway(row.member.worker().region())).count();
        int workers = rows.size() - gateways;
        String all = (workers > 0 || gateways == 0 ? Tiers.workers(workers) : "")
                + (workers > 0 && gateways > 0 ? " and " : "")
                + (gateways > 0 ? gateways + (gateways == 1 ? " gateway" : " gateways") : "");
        int taking = 0;
        int barred = 0;
        for (Row row : rows) {
            barred += row.barred != null ? 1 : 0;
            taking += row.barred == null && (row.standing == Standing.SERVING || row.standing == Standing.PANIC) ? 1 : 0;
        }
        int reserve = rows.size() - taking - barred;
        return rows.isEmpty()
                ? "None belongs to a tier."
                : "Of " + all + ", " + (taking == 0 ? "none takes" : taking + (taking == 1 ? " takes" : " take")) + " traffic"
                        + (reserve == 0 ? "" : ", " + reserve + (reserve == 1 ? " is" : " are") + " in reserve")
                        + (barred == 0 ? "." : ", " + barred + " can't be picked.");
    }

    private List<Row> rows() {
        Map<Member, MemberState> states = new HashMap<>();
        app.states().forEach(state -> states.put(state.member(), state));
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < app.order().tiers().size(); i++) {
            TierSpec tier = app.order().tiers().get(i);
            Standing standing = app.plan().standing(i, app.now());
            for (Member member : tier.members()) {
                MemberState known = states.get(member);
                MemberState state = known == null
                        ? new MemberState(member, Health.UNPROVEN, AdminState.ENABLED, MemberState.NOT_WARMING)
                        : known;
                rows.add(new Row(tier, standing, member, state, barred(member.target(), state)));
            }
        }
        return rows;
    }

    private @Nullable String barred(Target target, MemberState state) {
        if (target.weight() == 0) {
            return "weight 0";
        }
        if (picks.copy(target) != null) {
            return null;
        }
        return switch (state.admin()) {
            case ENABLED -> state.health() == Health.UNPROVEN ? "no verdict yet" : "not well";
            case DRAINING, DISABLED, EVACUATED, EVACUATED_HARD -> word(state.admin());
        };
    }

    private List<Row> shown(List<Row> rows) {
        if (rows.size() <= MOST) {
            return rows;
        }
        boolean[] wanted = new boolean[rows.size()];
        int left = MOST;
        int barred = MOST_BARRED;
        for (int i = 0; i < wanted.length; i++) {
            boolean serves = rows.get(i).barred == null;
            wanted[i] = picks.takes(rows.get(i).member.target()) || (!serves && barred > 0);
            barred -= wanted[i] && !serves ? 1 : 0;
            left -= wanted[i] ? 1 : 0;
        }
        List<Row> shown = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] || left-- > 0) {
                shown.add(rows.get(i));
            }
        }
        return shown;
    }

    private void add(Row row, TraceStep.@Nullable Candidate candidate, @Nullable WorkerReport report, Sheet sheet) {
        Target target = row.member.target();
        Target copy = picks.copy(target);
        Target then = copy == null ? target : copy;
        Rest rest = then.connectable(app.now()) ? null : rest(target);
        long latency = then.latencyAverage();
        Gateway gateway = Gateway.of(app.settings(), row.member.worker(), report);
        sheet.row(
                target.name(),
                row.tier.name(),
                target.zone(),
                target.weight(),
                row.stands(),
                word(row.state.health()),
                word(row.state.admin()),
                then.inFlight(),
                latency == 0 ? null : Duration.ofNanos(latency),
                rest == null ? null : Duration.ofNanos(rest.left()),
                rest == null ? null : word(rest.cause()),
                candidate == null || candidate.part() >= 1 ? null : new Part(candidate.part()),
                candidate == null ? null : cost(candidate),
                gateway == null ? null : gateway.region(),
                gateway == null ? null : gateway.reports(),
                report == null || row.state.health() == Health.HEALTHY ? null : seen(report));
    }

    /** What keeps requests from it; of one that is no endpoint that is not known. */
    private @Nullable Rest rest(Target target) {
        return target instanceof EndpointTarget reached ? reached.endpoint().rest(app.now()) : null;
    }

    /** To three digits: costs are there to be compared. */
    private static @Nullable BigDecimal cost(TraceStep.Candidate candidate) {
        Double cost = candidate.cost();
        return cost == null ? null : new BigDecimal(new BigDecimal(cost, new MathContext(3)).stripTrailingZeros().toPlainString());
    }

    private String seen(WorkerReport report) {
        HealthTransition.Cause cause = report.cause();
        String why = cause == null ? "nothing yet" : word(cause) + (report.detail().isEmpty() ? "" : ": " + report.detail());
        return why + ", for " + Paragraphs.duration(Duration.ofNanos(Math.max(0, app.now() - report.since())));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
