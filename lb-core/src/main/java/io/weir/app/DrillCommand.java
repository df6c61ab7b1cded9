package io.weir.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a running process do without some workers for a time, tells how it goes, and prints what came of it. */
@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        description = "Evacuates a zone, a region, a pool or a worker for a time, watches, brings the traffic back, and says what came of it.",
        footer = {
            "%n  weir drill region=us-e1 for=5m abort-if 'errors>1%%'%n",
            "It goes on in the process, also if this command ends. Without --force it is refused where an app would be left without enough who are well.",
            "The process is found by --admin, else by --process, else by WEIR_ADMIN in the environment, else it is the only one that this user runs."
        })
final class DrillCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LENGTH = "for";
    private static final String ABORT_IF = "abort-if";
    /** Begins the last line, before the outcome. */
    private static final String OVER = "over ";

    @Parameters(
            paramLabel = "WHAT",
            arity = "0..*",
            description = "zone=NAME, region=NAME, pool=APP/REGION or worker=HOST:PORT; for=5m and abort-if 'errors>1%%' may follow")
    private List<String> words = new ArrayList<>();

    @Option(names = "--for", paramLabel = "DURATION", description = "how long it is evacuated: 5m")
    private @Nullable String length;

    @Option(names = "--abort-if", paramLabel = "CONDITION", description = "ends it early: errors>1%%, of the attempts of the last 5 s, 50 at least")
    private @Nullable String abortIf;

    @Option(names = "--abort", description = "end the one that is under way")
    private boolean abort;

    @Option(names = "--force", description = "do it whatever it leaves")
    private boolean force;

    @Option(names = "--process", paramLabel = "FILE|DIR", description = "the config that the process was started with")
    private @Nullable String config;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return drill(ProcessOptions.Surroundings.ofThisProcess());
    }

    int drill(ProcessOptions.Surroundings around) {
        if (abort) {
            return options.print("drill", config, Call.post("/drill/abort"), PATIENCE, around);
        }
        String what = read(words);
        if (what == null || length == null) {
            around.err().println("weir drill: say what, and for how long: weir drill region=us-e1 for=5m abort-if 'errors>1%'");
            return Main.USAGE;
        }
        Call begin = Call.post("/drill/begin").with("what", what).with(LENGTH, length).with(ABORT_IF, abortIf).withFlag("force", force);
        return options.talk("drill", config, PATIENCE, around, conversation -> follow(begin, conversation, around));
    }

    /** What is to be evacuated; the rest goes where the options of the same names do. Null if that can't be told. */
    private @Nullable String read(List<String> all) {
        String what = null;
        for (int i = 0; i < all.size(); i++) {
            String word = all.get(i);
            if (word.startsWith(LENGTH + "=")) {
                length = word.substring(LENGTH.length() + 1);
            } else if (word.startsWith(ABORT_IF + "=")) {
                abortIf = word.substring(ABORT_IF.length() + 1);
            } else if (word.equals(ABORT_IF) && i + 1 < all.size()) {
                abortIf = all.get(++i);
            } else if (what == null) {
                what = word;
            } else {
                return null;
            }
        }
        return what;
    }

    private int follow(Call begin, ProcessOptions.Conversation process, ProcessOptions.Surroundings around) throws Status.CommandException {
        var _ = process.ask(begin);
        String outcome = null;
        for (int behind = 0; outcome == null; ) {
            for (String line : process.ask(Call.get("/drill/lines").with("behind", behind)).lines().toList()) {
                if (line.startsWith(OVER)) {
                    outcome = line.substring(OVER.length());
                } else {
                    behind++;
                    around.err().println(line);
                }
            }
            if (outcome == null) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        }
        around.out().print(process.ask(options.formatted(Call.get("/drill"))));
        around.out().flush();
        return outcome.equals("COMPLETED") ? Main.OK : Main.FAILED;
    }
}
