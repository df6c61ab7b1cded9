package io.weir.admin;

import io.weir.config.ErrorCondition;
import io.weir.failover.Scope;
import io.weir.simulate.Drill;
import io.weir.simulate.DrillReport;
import io.weir.simulate.Forecast;
import io.weir.simulate.Loss;
import io.weir.simulate.Question;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /drill} and what is below it: begins one, says how it goes, ends it. */
final class DrillPages {
    private static final String LENGTH = "for";
    private static final String ABORT_IF = "abort-if";
    private static final String FORCE = "force";
    private static final String BEHIND = "behind";
    private static final int MOST_LINES = 1_000_000;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(4);

    private final Running running;
    private final Drills drills;
    private final EvacuationGuard guard;

    DrillPages(Running running, Drills drills, EvacuationGuard guard) {
        this.running = running;
        this.drills = drills;
        this.guard = guard;
    }

    /** {@code /drill/begin}. */
    Reply begin(PageRequest request) throws RefusedException {
        request.knowOnly(EvacuatePage.WHAT, LENGTH, ABORT_IF, FORCE);
        Scope scope = EvacuatePage.scope(request);
        Duration length = request.duration(LENGTH, SHORTEST, LONGEST);
        ErrorCondition abortIf = abortIf(request.query().get(ABORT_IF));
        boolean forced = request.flag(FORCE);
        Drill.Order order = new Drill.Order(scope, length, abortIf);
        Drill begun = guard.alone(() -> begin(order, forced));
        boolean planned = EvacuatePage.awaitPlanned(running);
        Map<String, Object> facts = facts(begun, SimulatePage.FEW);
        EvacuatePage.tellPlanned(facts, planned);
        return new Reply.Facts(facts);
    }

    private Drill begin(Drill.Order order, boolean forced) throws RefusedException {
        Loss loss = new Loss(order.scope(), Loss.Means.EVACUATION);
        Forecast forecast =
                SimulatePage.forecast(running, () -> new Question(List.of(loss), null, null, Question.FIRST_SEED), SimulatePage.FEW);
        if (forecast.objected() > 0 && !forced) {
            throw new RefusedException(409, EvacuationGuard.refusal(order.scope(), forecast));
        }
        return drills.begin(order);
    }

    private static @Nullable ErrorCondition abortIf(@Nullable String text) throws RefusedException {
        try {
            return text == null ? null : ErrorCondition.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        }
    }

    /** {@code /drill/abort}. */
    Reply abort(PageRequest request) throws RefusedException {
        request.knowOnly();
        drills.stop();
        return new Reply.Words(200, "drill", "stopped");
    }

    /** {@code /drill}. */
    Reply report(PageRequest request) throws RefusedException {
        request.knowOnly(WorkersPage.LIMIT);
        return new Reply.Facts(facts(last(), request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, SimulatePage.FEW)));
    }

    /** {@code /drill/lines}: what was said of it as it went on; behind the last line stands {@code over}, with how it ended. */
    Reply lines(PageRequest request) throws RefusedException {
        request.knowOnly(BEHIND);
        int behind = request.number(BEHIND, 0, MOST_LINES, 0);
        Drill drill = last();
        boolean over = drill.over(); // before the lines, so that none is said behind it
        StringBuilder text = new StringBuilder();
        drill.lines(behind).forEach(line -> text.append(line).append('\n'));
        if (over) {
            text.append("over ").append(drill.report().outcome().name()).append('\n');
        }
        return new Reply.Written(Form.TEXT.contentType(), to -> to.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private Drill last() throws RefusedException {
        Drill drill = drills.last();
        if (drill == null) {
            throw new RefusedException(404, "there was no drill in this process");
        }
        return drill;
    }

    private static Map<String, Object> facts(Drill drill, int limit) {
        DrillReport report = drill.report();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("drill", report.order().scope().toString());
        facts.put("begun", report.begun());
        facts.put("for", report.order().length());
        if (report.order().abortIf() != null) {
            facts.put("abort_if", report.order().abortIf().toString());
        }
        facts.put("outcome", report.outcome().text());
        facts.put("over", drill.over());
        facts.put("evacuated", report.length());
        facts.put("attempts", report.attempts());
        facts.put("failed", report.failed());
        facts.put("moved", report.moved() == null ? "too little traffic, or not yet" : report.moved());
        facts.put("shares", shares(report, limit));
        return facts;
    }

    private static Table shares(DrillReport report, int limit) {
        Table table = new Table(limit, "app", "asked", "tier", "before", "during", "after");
        for (DrillReport.Share share : report.shares()) {
            table.row(
                    share.app(),
                    ControlEvents.asked(share.asked()),
                    share.tier(),
                    Share.of(share.before()),
                    share.during() == null ? null : Share.of(share.during()),
                    share.after() == null ? null : Share.of(share.after()));
        }
        return table;
    }
}
