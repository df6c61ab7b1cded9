package io.weir.admin;

import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.LoadedConfig;
import io.weir.config.Settings;
import io.weir.config.SettingsDifference;
import io.weir.explain.FromConfig;
import io.weir.frontend.AtStake;
import io.weir.health.Health;
import io.weir.plan.PlanCondition;
import io.weir.plan.ReloadPlan;
import io.weir.plan.Rerouting;
import io.weir.telemetry.RecentRequests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /plan}: what a reload would do that reads that file. Nothing is changed; but it reads a file in the name of who asks, so those may
 * ask who may change something.
 */
final class PlanPage implements Page {
    private static final String FILE = "file";
    private static final String FAIL_IF = "fail-if";
    private static final int MOST_EXAMPLES = 10;
    private static final int FEW_CHANGES = 50;

    private final Running running;

    PlanPage(Running running) {
        this.running = running;
    }

    /** How it ended, for programs: the last of the facts, and the last line of the text. */
    private enum End {
        OK,
        PROBLEMS,
        FAILS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(FILE, FAIL_IF, WorkersPage.LIMIT);
        int limit = request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, FEW_CHANGES);
        List<PlanCondition> conditions = conditions(request.query().get(FAIL_IF));
        Path file = file(request.needed(FILE));
        Map<String, Object> facts = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        try {
            LoadedConfig next = ConfigReader.read(file);
            List<String> unusable = running.unusableFiles(next.settings());
            if (unusable.isEmpty()) {
                tell(file, next, conditions, limit, facts, text);
            } else {
                problems(file, unusable, String.join("\n", unusable) + '\n', facts, text);
            }
        } catch (ConfigProblemsException e) {
            problems(file, e.problems().stream().map(Object::toString).toList(), e.report(), facts, text);
        } catch (IllegalStateException e) {
            throw new RefusedException(503, String.valueOf(e.getMessage()));
        }
        Form form = request.form();
        return form == Form.JSON
                ? new Reply.Facts(facts)
                : new Reply.Written(form.contentType(), to -> to.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static List<PlanCondition> conditions(@Nullable String text) throws RefusedException {
        try {
            return text == null ? List.of() : PlanCondition.parseAll(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        }
    }

    private static Path file(String text) throws RefusedException {
        try {
            Path file = Path.of(text);
            if (file.isAbsolute()) {
                return file;
            }
        } catch (InvalidPathException _) {
            // said below
        }
        throw new RefusedException(400, "file must be an absolute path, is " + text);
    }

    private static void problems(Path file, List<String> problems, String report, Map<String, Object> facts, StringBuilder text) {
        facts.put("file", file);
        facts.put("problems", problems);
        text.append(report).append(file).append(" has ").append(count(problems.size(), "problem")).append("; a reload would refuse it and change nothing\n");
        end(End.PROBLEMS, facts, text);
    }

    private static void end(End end, Map<String, Object> facts, StringBuilder text) {
        facts.put("verdict", end.word());
        text.append("verdict     ").append(end.word()).append('\n');
    }

    private void tell(Path file, LoadedConfig next, List<PlanCondition> conditions, int limit, Map<String, Object> facts, StringBuilder text) {
        ServedConfig now = running.config();
        Settings then = running.asFound(next.settings());
        ReloadPlan plan = ReloadPlan.of(
                now.settings(),
                then,
                running.table(),
                () -> new FromConfig(then, Health.UNPROVEN).table(),
                running.atStake(then),
                running.recentRequests());
        SettingsDifference difference = plan.difference();
        List<String> failing = plan.failing(conditions);
        List<String> lines = difference.lines(limit);

        facts.put("file", file);
        facts.put("checksum", next.checksum());
        facts.put("against", ConfigPage.origin(now));
        facts.put("changes", lines);
        facts.put("apps", numbers("added", difference.addedApps(), "removed", difference.removedApps(), "changed", difference.changedApps()));
        facts.put(
                "workers",
                numbers(
                        "before", difference.workersBefore(),
                        "joining", difference.joining().size(),
                        "leaving", difference.leaving().size(),
                        "leaving_share", Share.of(difference.leavingShare())));
        facts.put(
                "listeners",
                numbers(
                        "opened", difference.openedListeners().size(),
                        "closed", difference.closedListeners().size(),
                        "changed", difference.changedListeners().size()));
        facts.put("closes", numbers("connections", plan.closes().connections(), "amid_stream", plan.closes().amidStream(), "streams", plan.closes().streams()));
        facts.put("rerouted", rerouted(plan.rerouting()));
        facts.put("for_next_start", difference.forNextStart());
        if (!conditions.isEmpty()) {
            facts.put("failing", failing);
        }

        text.append("plan        ").append(file).append(", checksum ").append(next.checksum()).append('\n');
        text.append("against     ").append(TextForm.text(ConfigPage.origin(now))).append('\n');
        if (difference.isEmpty()) {
            text.append("changes     none\n");
        } else {
            text.append("changes\n");
            lines.forEach(line -> text.append("  ").append(line).append('\n'));
        }
        if (!difference.isEmpty()) {
            tellMeaning(plan, text);
        }
        failing.forEach(each -> text.append("fails       ").append(each).append('\n'));
        end(failing.isEmpty() ? End.OK : End.FAILS, facts, text);
    }

    private static Map<String, Object> numbers(Object... namesAndNumbers) {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (int i = 0; i < namesAndNumbers.length; i += 2) {
            facts.put(String.valueOf(namesAndNumbers[i]), namesAndNumbers[i + 1]);
        }
        return facts;
    }

    private static Map<String, Object> rerouted(Rerouting rerouting) {
        Map<String, Object> facts =
                numbers("seen", rerouting.asked(), "elsewhere", rerouting.elsewhere(), "share", Share.of(rerouting.share()));
        facts.put("examples", examples(rerouting));
        return facts;
    }

    private static Table examples(Rerouting rerouting) {
        Table table = new Table(MOST_EXAMPLES, "requests", "now", "then", "example");
        rerouting.groups().forEach(each -> table.row(each.count(), each.now(), each.then(), each.example()));
        return table;
    }

    private static void tellMeaning(ReloadPlan plan, StringBuilder text) {
        SettingsDifference difference = plan.difference();
        text.append("workers     ").append(difference.workersBefore()).append(" now; ")
                .append(verb(difference.joining().size(), "join")).append(", ")
                .append(verb(difference.leaving().size(), "leave"));
        text.append(difference.leaving().isEmpty() ? "\n" : " (" + Share.of(difference.leavingShare()) + ")\n");
        List<String> listeners = new ArrayList<>();
        difference.openedListeners().forEach(each -> listeners.add(each.bind() + " opens"));
        difference.closedListeners().forEach(each -> listeners.add(each.bind() + " closes"));
        difference.changedListeners().forEach(each -> listeners.add(each.after().bind() + " changes"));
        if (!listeners.isEmpty()) {
            text.append("listeners   ").append(String.join(", ", listeners)).append('\n');
        }
        text.append("closes      ").append(closes(plan.closes())).append('\n');
        Rerouting rerouting = plan.rerouting();
        text.append("reroutes    ").append(rerouting.elsewhere()).append(" of ").append(count(rerouting.asked(), "request"))
                .append(" that were seen in the last ").append(RecentRequests.KEPT_FOR.toMinutes()).append(" min");
        text.append(rerouting.asked() == 0 ? "\n" : " (" + Share.of(rerouting.share()) + ")\n");
        if (!difference.forNextStart().isEmpty()) {
            text.append("restart     needed for ").append(String.join(", ", difference.forNextStart())).append('\n');
        }
        if (rerouting.elsewhere() > 0) {
            try {
                text.append('\n');
                TextForm.write(Map.of("examples", examples(rerouting)), text);
                text.append('\n');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String closes(AtStake closes) {
        List<String> all = new ArrayList<>();
        if (closes.connections() > 0) {
            all.add(count(closes.connections(), "connection") + " of clients (" + closes.amidStream() + " amid a stream)");
        }
        if (closes.streams() > 0) {
            all.add(count(closes.streams(), "stream") + " at workers that leave");
        }
        return all.isEmpty() ? "nothing that is open" : String.join(", ", all);
    }

    private static String verb(int number, String what) {
        return number + " " + what + (number == 1 ? "s" : "");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
