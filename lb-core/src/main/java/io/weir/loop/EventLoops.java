package io.weir.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The data event loops with what each of them owns. Connections of an exchange share a loop, so nothing in a {@link Loop} is locked. */
public final class EventLoops {
    /** One event loop and its own. Everything in it is touched by that loop only. */
    public static final class Loop {
        private final int index;
        private final EventLoop executor;
        private final LoopClock clock;
        private final DeadlineWheel wheel;
        private volatile @Nullable Thread thread;

        public Loop(int index, EventLoop executor, LoopClock clock) {
            this.index = index;
            this.executor = executor;
            this.clock = clock;
            this.wheel = new DeadlineWheel(clock.now());
        }

        /** 0 for the first loop. */
        public int index() {
            return index;
        }

        public EventLoop executor() {
            return executor;
        }

        public LoopClock clock() {
            return clock;
        }

        public DeadlineWheel wheel() {
            return wheel;
        }

        void tick() {
            thread = Thread.currentThread();
            wheel.advance(clock.refresh());
            clock.rest();
        }

        /** Where its thread is, innermost first; empty if it has not begun. For any thread. */
        StackTraceElement[] stack() {
            Thread at = thread;
            return at == null ? new StackTraceElement[0] : at.getStackTrace();
        }
    }

    private final TransportKind transport;
    private final ClosingLoops group;
    private final List<Loop> loops;
    private final AcceptFailures acceptFailures = new AcceptFailures();

    /** Starts {@code count} loops on threads named {@code weir-loop-N}. */
    public EventLoops(TransportKind transport, int count) {
        this.transport = transport;
        this.group = new ClosingLoops(count, "weir-loop", false, transport.handlers());
        this.loops = new ArrayList<>(count);
        for (EventExecutor executor : group) {
            Loop loop = new Loop(loops.size(), (EventLoop) executor, new LoopClock(System::nanoTime));
            loops.add(loop);
            long tick = TimeUnit.NANOSECONDS.toMillis(DeadlineWheel.TICK);
            var _ = loop.executor().scheduleAtFixedRate(loop::tick, tick, tick, TimeUnit.MILLISECONDS);
        }
    }

    public TransportKind transport() {
        return transport;
    }

    /** What could not be accepted at the sockets that listen on these loops, and others of the process. */
    public AcceptFailures acceptFailures() {
        return acceptFailures;
    }

    public List<Loop> loops() {
        return loops;
    }

    /** Ends the loops; what is still open is closed. */
    public Future<?> shutDown() {
        return group.shutDown(2);
    }
}
