package io.weir.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command that names something, and has a running process do something about it with one call. */
abstract class ProcessCommand implements Callable<Integer> {
    @Parameters(index = "1", paramLabel = "FILE|DIR", arity = "0..1", description = "the config that the process was started with")
    private @Nullable String config;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    private final String name;
    private final Duration patience;

    /** {@code patience}: how long the process may take to answer. */
    ProcessCommand(String name, Duration patience) {
        this.name = name;
        this.patience = patience;
    }

    /** What the process is asked. */
    abstract Call asked();

    @Override
    public Integer call() {
        return run(ProcessOptions.Surroundings.ofThisProcess());
    }

    int run(ProcessOptions.Surroundings around) {
        return options.print(name, config, asked(), patience, around);
    }
}
