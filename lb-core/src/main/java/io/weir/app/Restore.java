package io.weir.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has a running process end an evacuation before its time. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Ends an evacuation before its time: what a tier gave away comes back over the ramp.",
        footer = {"", ProcessOptions.SEARCH})
final class Restore implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Parameters(index = "0", paramLabel = "WHAT", description = "what was evacuated, in the same words: zone=ca-c1a")
    @SuppressWarnings("NullAway.Init")
    private String what;

    @Parameters(index = "1", paramLabel = "FILE|DIR", arity = "0..1", description = "the config that the process was started with")
    private @Nullable String config;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return restore(ProcessOptions.Surroundings.ofThisProcess());
    }

    int restore(ProcessOptions.Surroundings around) {
        return options.print("restore", config, Call.post("/restore").with("what", what), PATIENCE, around);
    }
}
