package io.weir.app;

import io.weir.admin.ForecastReport;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.LoadedConfig;
import io.weir.simulate.ConfiguredApps;
import io.weir.simulate.Forecast;
import io.weir.simulate.Question;
import io.weir.simulate.Simulation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what would become of the apps if workers were lost: those of a running process as they are, or those of a config with all workers well. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = "Says what would become of the apps if a zone, a region, a pool or a worker were lost; touches nothing.",
        footer = {
            "",
            "What is lost: zone=NAME, region=NAME, pool=APP/REGION or worker=HOST:PORT.",
            "It is tried on a running weir as it is now, or with --config on that config with all workers well.",
            ProcessOptions.SEARCH
        })
final class Simulate implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FEW = 20;

    @Parameters(paramLabel = "FILE|DIR", arity = "0..1", description = "the config that the process was started with")
    private @Nullable String process;

    @Option(names = "--lose", required = true, paramLabel = "WHAT", description = "what is lost first")
    @SuppressWarnings("NullAway.Init")
    private String lose;

    @Option(names = "--then", paramLabel = "WHAT", description = "what is lost next, once shares have settled; may be given again")
    private @Nullable List<String> then;

    @Option(names = "--load", paramLabel = "N", description = "exchanges under way over all apps (as many as there are, or 10 for each worker)")
    private @Nullable Integer load;

    @Option(names = "--app", paramLabel = "NAME", description = "this app alone")
    private @Nullable String app;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "of what requests leave to chance (1); the same, the same answer")
    private int seed;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "at most so many rows in each table (20)")
    private int limit = FEW;

    @Option(names = "--config", paramLabel = "FILE|DIR", description = "this config with all workers well, instead of a running process")
    private @Nullable Path config;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return simulate(ProcessOptions.Surroundings.ofThisProcess());
    }

    int simulate(ProcessOptions.Surroundings around) {
        String next = then == null ? null : String.join(",", then);
        if (config != null) {
            return simulate(config, next, around);
        }
        Call call = Call.get("/simulate")
                .with("lose", lose)
                .with("then", next)
                .with("load", load)
                .with("app", app)
                .with("seed", seed)
                .with("limit", limit);
        return options.print("simulate", process, call, PATIENCE, around);
    }

    private int simulate(Path path, @Nullable String next, ProcessOptions.Surroundings around) {
        if (limit < 1 || (load != null && load < 1)) {
            around.err().println("weir simulate: --limit and --load must be at least 1");
            return Main.USAGE;
        }
        LoadedConfig read;
        try {
            read = ConfigReader.read(path);
        } catch (ConfigProblemsException e) {
            ConfigReport.print(e, path, around.err());
            return Main.FAILED;
        }
        try {
            Question question = new Question(Question.failures(lose, next), app, load, seed);
            Forecast forecast = Simulation.of(new ConfiguredApps(read.settings()), question, limit);
            boolean json = options.format() == ProcessOptions.Format.JSON;
            around.out().print(json ? ForecastReport.json(forecast, limit) : ForecastReport.text(forecast, limit));
            around.out().flush();
            return Main.OK;
        } catch (IllegalArgumentException e) {
            around.err().println("weir simulate: " + e.getMessage());
            return Main.USAGE;
        } catch (Simulation.NoneSuchException e) {
            around.err().println("weir simulate: " + e.getMessage());
            return Main.FAILED;
        }
    }
}
