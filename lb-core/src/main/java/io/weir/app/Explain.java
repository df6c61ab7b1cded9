package io.weir.app;

import io.weir.admin.AdminClient;
import io.weir.admin.RunFolder;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.explain.Explainer;
import io.weir.explain.Explanation;
import io.weir.explain.FromConfig;
import io.weir.explain.Question;
import io.weir.health.Health;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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

    @Option(names = "--admin", paramLabel = "ADDRESS", description = "the process's admin API: 127.0.0.1:9901, or the path of a Unix socket")
    private @Nullable String admin;

    @Option(names = "--token-file", paramLabel = "FILE", description = "a file that holds admin.token")
    private @Nullable Path tokenFile;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "text", description = "for people (the default), or for programs")
    @SuppressWarnings("NullAway.Init")
    private Status.Format format;

    @Override
    public Integer call() {
        return explain(System::getenv, RunFolder.all(System::getenv), System.out, System.err);
    }

    int explain(Function<String, @Nullable String> environment, List<RunFolder> folders, PrintStream out, PrintStream err) {
        Question question;
        try {
            long luck = seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
            question = Question.of(method, url, headers, from, luck);
        } catch (IllegalArgumentException e) {
            err.println("weir explain: " + e.getMessage());
            return Main.USAGE;
        }
        return config == null ? process(question, environment, folders, out, err) : file(question, Path.of(config), out, err);
    }

    private int file(Question question, Path path, PrintStream out, PrintStream err) {
        try {
            Explanation explanation = Explainer.explain(question, new FromConfig(ConfigReader.read(path).settings(), assumed.health));
            out.print(format == Status.Format.JSON ? explanation.json() : explanation.text());
            out.flush();
            return Main.OK;
        } catch (ConfigProblemsException e) {
            ConfigReport.print(e, path, err);
            return Main.FAILED;
        }
    }

    private int process(
            Question question, Function<String, @Nullable String> environment, List<RunFolder> folders, PrintStream out, PrintStream err) {
        try (AdminClient client = new AdminClient(PATIENCE, Status.token(environment, tokenFile))) {
            Status.FoundProcess process = new ProcessSearch("explain", environment, folders, client).find(admin, started);
            out.print(process.ask(client, page(question)));
            out.flush();
            return Main.OK;
        } catch (Status.CommandException e) {
            err.println("weir explain: " + e.getMessage());
            return e.exitCode();
        }
    }

    private String page(Question question) {
        StringBuilder page = new StringBuilder("/explain?format=").append(format.name().toLowerCase(Locale.ROOT));
        add(page, "url", url);
        add(page, "method", method);
        add(page, "from", from);
        add(page, "seed", Long.toString(question.seed()));
        headers.forEach(header -> add(page, "header", header));
        return page.toString();
    }

    private static void add(StringBuilder page, String name, String value) {
        page.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
