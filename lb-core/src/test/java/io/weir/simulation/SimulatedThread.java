package io.weir.simulation;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What would be a thread: tasks in their order, one at a time, each when the world lets it. It comes to what others hand to it a little
 * later, never in another order than it was handed; what is due on two threads at once is run in the order that their world says.
 */
final class SimulatedThread extends AbstractScheduledEventExecutor implements EventLoop {
    private record Handed(long at, Runnable task) {}

    private static final long NEVER = Long.MAX_VALUE;

    private final SimulatedTime time;
    private final RandomGenerator random;
    private final long lag;
    private final Consumer<Throwable> failed;
    private final ArrayDeque<Handed> handed = new ArrayDeque<>();
    private long lastHanded;

    /**
     * @param lag ns until it comes to a task that it was handed, at most
     * @param failed is told what a task threw
     */
    SimulatedThread(SimulatedTime time, RandomGenerator random, long lag, Consumer<Throwable> failed) {
        this.time = time;
        this.random = random;
        this.lag = lag;
        this.failed = failed;
    }

    /** When the next task wants to run, in ns; {@link Long#MAX_VALUE}: there is none. */
    long dueAt() {
        long scheduled = nextScheduledTaskDeadlineNanos();
        Handed first = handed.peekFirst();
        return Math.min(scheduled < 0 ? NEVER : scheduled, first == null ? NEVER : first.at);
    }

    /** Runs the next task, which is due. */
    void runOne() {
        Handed first = handed.peekFirst();
        long scheduled = nextScheduledTaskDeadlineNanos();
        Runnable task;
        if (first != null && (scheduled < 0 || first.at <= scheduled)) {
            task = handed.removeFirst().task;
        } else {
            task = pollScheduledTask(time.nanoTime());
        }
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            failed.accept(e);
        }
        if (task instanceof Future<?> future && future.isDone() && future.cause() != null && !future.isCancelled()) {
            failed.accept(future.cause());
        }
    }

    @Override
    public void execute(Runnable task) {
        lastHanded = Math.max(lastHanded, time.nanoTime() + (lag == 0 ? 0 : random.nextLong(lag)));
        handed.addLast(new Handed(lastHanded, task));
    }

    void after(long nanos, Runnable task) {
        var _ = schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public Ticker ticker() {
        return time;
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return true; // there is one thread in all
    }

    @Override
    public EventLoopGroup parent() {
        return this;
    }

    @Override
    public EventLoop next() {
        return this;
    }

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody may wait in a world with one thread");
    }

    @Override
    @Deprecated
    public void shutdown() {
        throw new UnsupportedOperationException("it ends with its world");
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("it ends with its world");
    }

    @Override
    public Future<?> terminationFuture() {
        throw new UnsupportedOperationException("it ends with its world");
    }

    @Override
    public ChannelFuture register(Channel channel) {
        throw new UnsupportedOperationException("there are no channels here");
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        throw new UnsupportedOperationException("there are no channels here");
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        throw new UnsupportedOperationException("there are no channels here");
    }
}
