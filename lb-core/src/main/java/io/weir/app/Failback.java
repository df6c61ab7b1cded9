package io.weir.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has a running process bring an app's traffic back where it waits. */
@Command(
        name = "failback",
        mixinStandardHelpOptions = true,
        description = "Brings an app's traffic back where it waits, be it for its time or for a person (failback: manual).",
        footer = {"", ProcessOptions.SEARCH})
final class Failback implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Parameters(index = "0", paramLabel = "APP", description = "the app's name")
    @SuppressWarnings("NullAway.Init")
    private String app;

    @Parameters(index = "1", paramLabel = "FILE|DIR", arity = "0..1", description = "the config that the process was started with")
    private @Nullable String config;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return failback(ProcessOptions.Surroundings.ofThisProcess());
    }

    int failback(ProcessOptions.Surroundings around) {
        return options.print("failback", config, Call.post("/failback").with("app", app), PATIENCE, around);
    }
}
