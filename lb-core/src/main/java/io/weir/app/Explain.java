package io.weir.app;

import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.explain.Explainer;
import io.weir.explain.Explanation;
import io.weir.explain.FromConfig;
import io.weir.explain.Question;
import io.weir.health.Health;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what would become of a request, and why: it asks a running process, or a config. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Says what would become of a request, and why: listener, mappings, app, residency, plan, workers, the pick, and what follows if it fails. Sends nothing.",
        footer = {
            "",
            "With --config nothing runs: the config is read, and its workers are as --assume says. Else a process is asked, which is found as by `weir status`.",
            "The same seed and the same state give the same answer."
        })
final class Explain implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How workers of a config are, which nobody has checked. */
    enum Assumed {
        HEALTHY(Health.HEALTHY),
        UNPROVEN(Health.UNPROVEN);

        private final Health health;

        Assumed(Health health) {
            this.health = health;
        }
    }

    @Parameters(index = "0", paramLabel = "URL", description = "what a client would ask for, as http://orders.cloudhub.example:8080/cart")
    @SuppressWarnings("NullAway.Init")
    private String url;

    @Parameters(index = "1", paramLabel = "FILE|DIR", arity = "0..1", description = "the config that the process was started with")
    private @Nullable String started;

    @Option(names = {"-H", "--header"}, paramLabel = "'NAME: VALUE'", description = "a header; Host stands for the URL's host")
    private List<String> headers = new ArrayList<>();

    @Option(names = {"-X", "--method"}, paramLabel = "METHOD", defaultValue = Question.DEFAULT_METHOD, description = "the method (the default is GET)")
    @SuppressWarnings("NullAway.Init")
    private String method;

    @Option(names = "--from", paramLabel = "ADDRESS", defaultValue = Question.DEFAULT_FROM, description = "the address that it comes from (the default is 127.0.0.1)")
    @SuppressWarnings("NullAway.Init")
    private String from;

    @Option(names = "--seed", paramLabel = "N", description = "the request's luck, as an explanation says it; without, another each time")
    private @Nullable Long seed;

    @Option(names = "--config", paramLabel = "FILE|DIR", description = "ask this config instead of a process")
    private @Nullable String config;

    @Option(names = "--assume", paramLabel = "healthy|unproven", defaultValue = "healthy", description = "how the workers of --config are (the default is healthy)")
    @SuppressWarnings("NullAway.Init")
    private Assumed assumed;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return explain(ProcessOptions.Surroundings.ofThisProcess());
    }

    int explain(ProcessOptions.Surroundings around) {
        Question question;
        try {
            long luck = seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
            question = Question.of(method, url, headers, from, luck);
        } catch (IllegalArgumentException e) {
            around.err().println("weir explain: " + e.getMessage());
            return Main.USAGE;
        }
        return config == null
                ? options.print("explain", started, page(question), PATIENCE, around)
                : file(question, Path.of(config), around.out(), around.err());
    }

    private int file(Question question, Path path, PrintStream out, PrintStream err) {
        try {
            Explanation explanation = Explainer.explain(question, new FromConfig(ConfigReader.read(path).settings(), assumed.health));
            out.print(options.format() == ProcessOptions.Format.JSON ? explanation.json() : explanation.text());
            out.flush();
            return Main.OK;
        } catch (ConfigProblemsException e) {
            ConfigReport.print(e, path, err);
            return Main.FAILED;
        }
    }

    private Call page(Question question) {
        Call call = Call.get("/explain").with("url", url).with("method", method).with("from", from).with("seed", question.seed());
        headers.forEach(header -> call.with("header", header));
        return call;
    }
}
