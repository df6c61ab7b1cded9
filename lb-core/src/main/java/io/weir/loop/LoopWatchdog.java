package io.weir.loop;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds event loops that are in one turn for too long, and looks where they are. It costs a loop nothing: a loop is looked at only if its
 * clock has stood still since something came in, which a busy loop's never does, and once for each time that it stands.
 *
 * <pre>
 *   clock                                   the loop
 *   moved within the limit                  is well
 *   older than the limit, but it rests      is well: the tick was the last thing that it did
 *   older than the limit                    waits for the system, by its stack, or is stalled
 *   older than a tick and the limit         is looked at, again: it may have stalled in something that read no clock
 * </pre>
 *
 * A pause of the whole process is no stall of a loop: then the watchdog itself is late and says nothing.
 */
public final class LoopWatchdog implements AutoCloseable {
    /** Is told of loops that are stalled, on the watchdog's thread. */
    @FunctionalInterface
    public interface Witness {
        /**
         * The loop has been in one turn for {@code nanos} and goes on; told once for each turn.
         *
         * @param stack where it is, innermost first
         */
        void stalled(int loop, long nanos, StackTraceElement[] stack);
    }

    /** How long a turn may take, in ns. */
    public static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(50);

    /** In ns. */
    static final long PERIOD = LIMIT / 2;

    /** Native methods in which a loop of each transport waits for the system. */
    private static final Set<String> WAITING = Set.of(
            "io.netty.channel.uring.Native.ioUringEnter",
            "io.netty.channel.epoll.Native.epollWait0",
            "io.netty.channel.epoll.Native.epollBusyWait0",
            "sun.nio.ch.EPoll.wait",
            "sun.nio.ch.KQueue.poll");

    private final List<EventLoops.Loop> loops;
    private final Witness witness;
    private final Runnable also;
    /** By loop: the time of the turn that was last found to wait, and of the one that was last told of. */
    private final long[] waiting;

    private final long[] told;
    private long lastCheck;
    private volatile boolean ended;

    LoopWatchdog(List<EventLoops.Loop> loops, Witness witness, Runnable also, long now) {
        this.also = also;
        this.loops = loops;
        this.witness = witness;
        this.waiting = new long[loops.size()];
        this.told = new long[loops.size()];
        this.lastCheck = now;
    }

    /**
     * Starts one on a thread of its own.
     *
     * @param also what else is to be looked at each time, every 25 ms; must not wait
     */
    public static LoopWatchdog start(EventLoops loops, Witness witness, Runnable also) {
        LoopWatchdog watchdog = new LoopWatchdog(loops.loops(), witness, also, System.nanoTime());
        Thread.ofPlatform().name("weir-watchdog").daemon().start(watchdog::watch);
        return watchdog;
    }

    private void watch() {
        while (!ended) {
            LockSupport.parkNanos(PERIOD);
            check(System.nanoTime());
            also.run();
        }
    }

    /** Looks at every loop once; {@code now} in ns. */
    void check(long now) {
        boolean late = now - lastCheck > PERIOD + LIMIT / 2;
        lastCheck = now;
        if (late) {
            return;
        }
        for (int i = 0; i < loops.size(); i++) {
            EventLoops.Loop loop = loops.get(i);
            long turn = loop.clock().turn();
            boolean excused = loop.clock().rests() || turn == waiting[i]; // but it owes its tick
            if (turn != told[i] && now - turn > (excused ? LIMIT + DeadlineWheel.TICK : LIMIT)) {
                look(i, loop, turn, now);
            }
        }
    }

    private void look(int index, EventLoops.Loop loop, long turn, long now) {
        StackTraceElement[] stack = loop.stack();
        if (loop.clock().turn() != turn) {
            return; // it has gone on meanwhile
        }
        if (waits(stack)) {
            waiting[index] = turn;
        } else {
            told[index] = turn;
            witness.stalled(index, now - turn, stack);
        }
    }

    /** Whether a thread that is there waits for the system. */
    static boolean waits(StackTraceElement[] stack) {
        return stack.length == 0 // not started, or ended
                || WAITING.contains(stack[0].getClassName() + '.' + stack[0].getMethodName());
    }

    @Override
    public void close() {
        ended = true;
    }
}
