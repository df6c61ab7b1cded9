package io.weir.app;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a running process send the traffic of some workers elsewhere for a time. */
@Command(
        name = "evacuate",
        mixinStandardHelpOptions = true,
        description = "Sends new requests elsewhere than to a zone, a region, a pool or a worker, for a time, also over a restart.",
        footer = {
            "",
            "What is evacuated: zone=NAME, region=NAME, pool=APP/REGION or worker=HOST:PORT. It ends by itself, or by `weir restore`.",
            "It is refused where an app would be left without enough who are well, unless by --force.",
            ProcessOptions.SEARCH
        })
final class Evacuate extends ProcessCommand {
    /** The guard looks at every app first. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Parameters(index = "0", paramLabel = "WHAT", description = "what is evacuated")
    @SuppressWarnings("NullAway.Init")
    private String what;

    @Option(names = "--for", required = true, paramLabel = "DURATION", description = "when it ends by itself: 30m, 2h")
    @SuppressWarnings("NullAway.Init")
    private String length;

    @Option(names = "--hard", description = "they don't serve even where nothing else is left")
    private boolean hard;

    @Option(names = "--dry-run", description = "say what would come of it, and do nothing")
    private boolean dryRun;

    @Option(names = "--force", description = "do it whatever it leaves")
    private boolean force;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many rows in each table (20)")
    private @Nullable Integer limit;

    Evacuate() {
        super("evacuate", PATIENCE);
    }

    @Override
    Call asked() {
        return Call.post("/evacuate")
                .with("what", what)
                .with("for", length)
                .withFlag("hard", hard)
                .withFlag("dry-run", dryRun)
                .withFlag("force", force)
                .with("limit", limit);
    }
}
