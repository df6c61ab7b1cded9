package io.weir.app;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Has a running process end an evacuation before its time. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Ends an evacuation before its time: what a tier gave away comes back over the ramp.",
        footer = {"", ProcessOptions.SEARCH})
final class Restore extends ProcessCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Parameters(index = "0", paramLabel = "WHAT", description = "what was evacuated, in the same words: zone=ca-c1a")
    @SuppressWarnings("NullAway.Init")
    private String what;

    Restore() {
        super("restore", PATIENCE);
    }

    @Override
    Call asked() {
        return Call.post("/restore").with("what", what);
    }
}
