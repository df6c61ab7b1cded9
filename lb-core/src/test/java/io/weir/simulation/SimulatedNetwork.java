package io.weir.simulation;

import io.netty.buffer.ByteBufAllocator;
import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import io.weir.loop.LoopClock;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.Connector;
import io.weir.upstream.Need;
import io.weir.upstream.WorkerSide;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All connections of one event loop. */
final class SimulatedNetwork implements Connector {
    /** Sees what goes out. */
    interface Tap {
        /** An attempt is made; {@code fresh}: it is the same as before, on another connection. */
        void attempt(Exchange exchange, SimulatedTarget target, boolean fresh);

        /** The head of the exchange's request has gone to the target of its last attempt. */
        void written(Exchange exchange);
    }

    private final SimulatedThread loop;
    private final LoopClock clock;
    private final RandomGenerator random;
    private final ByteBufAllocator alloc;
    private final Tap tap;
    private final Sabotage sabotage;
    private final Map<SimulatedWorker, SimulatedPool> pools = new HashMap<>();

    SimulatedNetwork(SimulatedThread loop, LoopClock clock, RandomGenerator random, ByteBufAllocator alloc, Tap tap, Sabotage sabotage) {
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        this.alloc = alloc;
        this.tap = tap;
        this.sabotage = sabotage;
    }

    @Override
    public @Nullable WorkerSide connect(Target target, AttemptEvents events, long timeout, Need need, boolean fresh) {
        SimulatedTarget to = (SimulatedTarget) target;
        tap.attempt((Exchange) events, to, fresh);
        return pool(to.at()).acquire(events, timeout, fresh);
    }

    @Override
    public void cancel(Target target, AttemptEvents events) {
        pool(((SimulatedTarget) target).at()).cancel(events);
    }

    @Override
    public void giveUp(Target target, AttemptEvents events) {
        SimulatedWorker at = ((SimulatedTarget) target).at();
        if (pool(at).cancel(events)) {
            at.endpoint().connectFailed(now(), AttemptFailure.CONNECT_TIMEOUT);
        }
    }

    SimulatedPool pool(SimulatedWorker worker) {
        return pools.computeIfAbsent(worker, at -> new SimulatedPool(this, at));
    }

    /** Something has been found of the worker, which its connections are to know: a task for the loop, as in the real one. */
    void found(SimulatedWorker worker, Consumer<SimulatedPool> what) {
        loop.execute(() -> {
            clock.refresh();
            what.accept(pool(worker));
        });
    }

    SimulatedThread loop() {
        return loop;
    }

    ByteBufAllocator alloc() {
        return alloc;
    }

    RandomGenerator random() {
        return random;
    }

    /** As the loop reads it at the beginning of each event. */
    long now() {
        return clock.refresh();
    }

    Sabotage sabotage() {
        return sabotage;
    }

    void written(AttemptEvents by) {
        tap.written((Exchange) by);
    }
}
