package io.weir.app;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Has a running process bring an app's traffic back where it waits. */
@Command(
        name = "failback",
        mixinStandardHelpOptions = true,
        description = "Brings an app's traffic back where it waits, be it for its time or for a person (failback: manual).",
        footer = {"", ProcessOptions.SEARCH})
final class Failback extends ProcessCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Parameters(index = "0", paramLabel = "APP", description = "the app's name")
    @SuppressWarnings("NullAway.Init")
    private String app;

    Failback() {
        super("failback", PATIENCE);
    }

    @Override
    Call asked() {
        return Call.post("/failback").with("app", app);
    }
}
