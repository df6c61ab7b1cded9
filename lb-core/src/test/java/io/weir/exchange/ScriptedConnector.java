package io.weir.exchange;

import io.netty.buffer.ByteBufAllocator;
import io.weir.balancing.Target;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.Connector;
import io.weir.upstream.Need;
import io.weir.upstream.WorkerSide;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Connections as a script has them: there at once, later, or never. What is not scripted is there at once. */
public final class ScriptedConnector implements Connector {
    /** Where the writing of a request breaks down, told before the call returns, as a socket does that has been reset. */
    public enum Fault {
        NONE,
        BODY,
        FLUSH,
        END
    }

    /** What becomes of a request for a connection. */
    private sealed interface Step {
        record AtOnce(Fault fault) implements Step {}

        record Later() implements Step {}

        record FailsAtOnce(AttemptFailure failure) implements Step {}
    }

    /** A request for a connection that waits for its script. */
    public static final class Pending {
        private final ScriptedConnector connector;
        private final Target target;
        private final AttemptEvents events;
        private boolean over;

        private Pending(ScriptedConnector connector, Target target, AttemptEvents events) {
            this.connector = connector;
            this.target = target;
            this.events = events;
        }

        public Target target() {
            return target;
        }

        /** There is a connection. */
        public ScriptedWorker connect() {
            finish();
            ScriptedWorker worker = connector.worker(target, events, Fault.NONE);
            events.connected(worker);
            return worker;
        }

        /** There will be none. */
        public void fail(AttemptFailure failure) {
            finish();
            events.failed(failure, null);
        }

        /** The worker has been found not to answer. */
        public void foundSilent() {
            events.workerSilent();
        }

        private void finish() {
            if (over) {
                throw new AssertionError("this request for a connection is over");
            }
            over = true;
            connector.pending.remove(this);
        }
    }

    private final ByteBufAllocator alloc;
    private final Executor turns;
    private final Deque<Step> script = new ArrayDeque<>();
    private final List<ScriptedWorker> workers = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private int cancelled;

    public ScriptedConnector(ByteBufAllocator alloc) {
        this(alloc, Runnable::run);
    }

    /** Whatever workers do, they do in a turn of {@code turns}, which must run it at once. */
    public ScriptedConnector(ByteBufAllocator alloc, Executor turns) {
        this.alloc = alloc;
        this.turns = turns;
    }

    // ---- the script

    public ScriptedConnector atOnce() {
        script.addLast(new Step.AtOnce(Fault.NONE));
        return this;
    }

    /** At once, and it breaks while the request is written to it. */
    public ScriptedConnector breaking(Fault where) {
        script.addLast(new Step.AtOnce(where));
        return this;
    }

    public ScriptedConnector later() {
        script.addLast(new Step.Later());
        return this;
    }

    /** Before {@link #connect} returns. */
    public ScriptedConnector failing(AttemptFailure failure) {
        script.addLast(new Step.FailsAtOnce(failure));
        return this;
    }

    // ---- what tests ask

    /** Every attempt that got a connection, in order. */
    public List<ScriptedWorker> workers() {
        return workers;
    }

    public ScriptedWorker worker() {
        return workers.getLast();
    }

    public List<Pending> pending() {
        return pending;
    }

    /** The one request for a connection that waits. */
    public Pending waiting() {
        if (pending.size() != 1) {
            throw new AssertionError(pending.size() + " requests for a connection wait");
        }
        return pending.getFirst();
    }

    /** What connections were asked for: the target's name, followed by {@code fresh} if it had to be a new one. */
    public List<String> asked() {
        return asked;
    }

    /** How many requests for a connection were taken back. */
    public int cancelled() {
        return cancelled;
    }

    /** Targets whose connection was taken back because it took too long. */
    public List<String> givenUp() {
        return givenUp;
    }

    private ScriptedWorker worker(Target target, AttemptEvents events, Fault fault) {
        ScriptedWorker worker = new ScriptedWorker(target, events, alloc, turns, fault);
        workers.add(worker);
        return worker;
    }

    // ---- what exchanges ask

    @Override
    public @Nullable WorkerSide connect(Target target, AttemptEvents events, long timeout, Need need, boolean fresh) {
        asked.add(fresh || need.isTunnel() ? target.name() + " fresh" : target.name());
        return switch (script.isEmpty() ? new Step.AtOnce(Fault.NONE) : script.removeFirst()) {
            case Step.AtOnce(Fault fault) -> worker(target, events, fault);
            case Step.Later() -> {
                pending.add(new Pending(this, target, events));
                yield null;
            }
            case Step.FailsAtOnce(AttemptFailure failure) -> {
                events.failed(failure, null);
                yield null;
            }
        };
    }

    @Override
    public void cancel(Target target, AttemptEvents events) {
        Pending found = pending.stream()
                .filter(it -> it.target.equals(target) && it.events.equals(events))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing to cancel at " + target));
        found.finish();
        cancelled++;
    }

    @Override
    public void giveUp(Target target, AttemptEvents events) {
        cancel(target, events);
        givenUp.add(target.name());
    }
}
