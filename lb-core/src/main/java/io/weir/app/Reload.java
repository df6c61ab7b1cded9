package io.weir.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has a running process read its config again, and says what came of it. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        description = "Has a running process read its config again, and waits: prints what has changed, or every problem. Exit code 1: the config from before stays in force.",
        footer = {"", ProcessOptions.SEARCH})
final class Reload implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Parameters(index = "0", paramLabel = "FILE|DIR", arity = "0..1", description = "the config that the process was started with")
    private @Nullable String config;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return options.print("reload", config, Call.post("/reload"), PATIENCE, ProcessOptions.Surroundings.ofThisProcess());
    }
}
