package io.weir.app;

import io.weir.plan.PlanCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what would become of a running process if it took over a config. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Says what a reload with FILE, or a folder of files, would do to a running weir; changes nothing.",
        footer = {
            "%n  weir plan weir.yaml --fail-if 'closes>0' --fail-if 'rerouted>1%%'%n",
            "The process reads FILE itself. Exit code 1: it has problems, or a condition of --fail-if holds.",
            "The process is found by --admin, else by --process, else by WEIR_ADMIN in the environment, else it is the only one that this user runs."
        })
final class PlanCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The last line, as text and as JSON. */
    private static final Pattern FINE = Pattern.compile("(?m)^(?:verdict +ok$|  \"verdict\" : \"ok\")");

    @Parameters(paramLabel = "FILE|DIR", description = "the config that it is to be tried with, YAML")
    @SuppressWarnings("NullAway.Init")
    private String file;

    @Option(names = "--fail-if", paramLabel = "CONDITION", description = "exit with 1 if closes>N, removed-workers>N%% or rerouted>N%%; may be given again")
    private List<String> failIf = new ArrayList<>();

    @Option(names = "--limit", paramLabel = "N", description = "at most so many changes (the default is 50)")
    private @Nullable Integer limit;

    @Option(names = "--process", paramLabel = "FILE|DIR", description = "the config that the process was started with")
    private @Nullable String process;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return plan(ProcessOptions.Surroundings.ofThisProcess());
    }

    int plan(ProcessOptions.Surroundings around) {
        List<PlanCondition> conditions = new ArrayList<>();
        try {
            failIf.forEach(text -> conditions.addAll(PlanCondition.parseAll(text)));
        } catch (IllegalArgumentException e) {
            around.err().println("weir plan: " + e.getMessage());
            return Main.USAGE;
        }
        Call call = Call.post("/plan")
                .with("file", Path.of(file).toAbsolutePath().normalize())
                .with("fail-if", conditions.isEmpty() ? null : PlanCondition.text(conditions))
                .with("limit", limit);
        return options.talk("plan", process, PATIENCE, around, found -> {
            String answer = found.ask(options.formatted(call));
            around.out().print(answer);
            around.out().flush();
            return FINE.matcher(answer).find() ? Main.OK : Main.FAILED;
        });
    }
}
