package io.weir.health;

import io.weir.config.CheckSettings;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks that find what a test has said of each address, after the time that it has said; without word, a good answer after 1 ms. */
final class ScriptedChecks implements Checks {
    static final CheckResult GOOD = CheckResult.passed("connected");
    static final CheckResult REFUSED = CheckResult.failed(CheckResult.Failure.REFUSED, "connection refused");
    static final CheckResult UNWELL = CheckResult.failed(CheckResult.Failure.UNWELL, "status 503");

    /** What a witness is told of a question that was under way when its check was closed. */
    static final CheckResult GIVEN_UP = CheckResult.failed(CheckResult.Failure.TIMEOUT, "given up");

    private final VirtualLoop loop;
    private final Map<WorkerAddress, Answer> script = new HashMap<>();
    /** In the order in which they were asked. */
    final List<Question> questions = new ArrayList<>();

    int open;
    int opened;
    boolean outOfSockets;
    /** Is told each outcome before the one who asked is, and of questions that were given up. */
    BiConsumer<WorkerAddress, CheckResult> witness = (_, _) -> {};

    /** What is answered when; {@code result} null: nothing ever. */
    private record Answer(@Nullable CheckResult result, Duration after) {}

    /** One that was asked. */
    record Question(WorkerAddress address, CheckSettings settings, long at, Duration timeout) {}

    ScriptedChecks(VirtualLoop loop) {
        this.loop = loop;
    }

    void say(WorkerAddress address, CheckResult result) {
        say(address, result, Duration.ofMillis(1));
    }

    void say(WorkerAddress address, CheckResult result, Duration after) {
        script.put(address, new Answer(result, after));
    }

    /** From now on this address doesn't answer at all. */
    void blackHole(WorkerAddress address) {
        script.put(address, new Answer(null, Duration.ZERO));
    }

    List<Question> askedAt(WorkerAddress address) {
        return questions.stream().filter(question -> question.address().equals(address)).toList();
    }

    @Override
    public Check of(WorkerAddress address, CheckSettings settings) {
        open++;
        opened++;
        return new ScriptedCheck(address, settings);
    }

    private final class ScriptedCheck implements Check {
        private final WorkerAddress address;
        private final CheckSettings settings;
        private @Nullable ScheduledFuture<?> pending;
        private boolean closed;

        ScriptedCheck(WorkerAddress address, CheckSettings settings) {
            this.address = address;
            this.settings = settings;
        }

        @Override
        public void ask(Duration timeout, Consumer<CheckResult> answer) {
            if (closed || pending != null) {
                throw new AssertionError(address + " was asked " + (closed ? "after the end" : "while it was asked"));
            }
            if (outOfSockets) {
                throw new IllegalStateException("too many open files");
            }
            questions.add(new Question(address, settings, loop.now(), timeout));
            Answer said = script.getOrDefault(address, new Answer(GOOD, Duration.ofMillis(1)));
            CheckResult result = said.result();
            boolean inTime = result != null && said.after().compareTo(timeout) < 0;
            CheckResult outcome = inTime ? result : CheckResult.failed(CheckResult.Failure.TIMEOUT, "no connection in " + timeout);
            Duration after = inTime ? said.after() : timeout;
            pending = loop.schedule(
                    () -> {
                        pending = null;
                        witness.accept(address, outcome);
                        answer.accept(outcome);
                    },
                    after.toNanos(),
                    TimeUnit.NANOSECONDS);
        }

        @Override
        public void close() {
            if (closed) {
                throw new AssertionError(address + ": closed twice");
            }
            closed = true;
            open--;
            if (pending != null) {
                pending.cancel(false);
                witness.accept(address, GIVEN_UP);
            }
        }
    }
}
