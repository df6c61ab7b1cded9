package io.weir.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop in virtual time: tasks run, in the order of their times, when a test lets time pass. What is executed waits for {@link #settle}
 * or {@link #pass}, as it would wait for its turn. A task that fails fails the test. Not thread-safe.
 */
public final class VirtualLoop extends AbstractExecutorService implements ScheduledExecutorService {
    private final PriorityQueue<Task<?>> queue = new PriorityQueue<>();
    private long now;
    private long made;
    private boolean shutdown;

    public VirtualLoop() {
        this(0);
    }

    /** A loop whose clock says {@code start} ns, as it may be any number. */
    public VirtualLoop(long start) {
        now = start;
    }

    /** In ns. */
    public long now() {
        return now;
    }

    /** Runs what is due without letting time pass. */
    public void settle() {
        pass(Duration.ZERO);
    }

    public void pass(Duration time) {
        long until = now + time.toNanos();
        Task<?> next = queue.peek();
        while (next != null && next.at - until <= 0) {
            queue.remove();
            now = next.at; // never before: nothing is due in the past
            next.runAndThrow();
            next = queue.peek();
        }
        now = until;
    }

    /** Tasks that wait for their time. */
    public int pending() {
        return (int) queue.stream().filter(task -> !task.isCancelled()).count();
    }

    private <V> Task<V> add(Callable<V> callable, long delay, long period) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        var task = new Task<>(callable, now + Math.max(0, delay), period);
        queue.add(task);
        return task;
    }

    @Override
    public void execute(Runnable command) {
        var _ = schedule(command, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return add(Executors.callable(command), unit.toNanos(delay), 0);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        return add(callable, unit.toNanos(delay), 0);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        return add(Executors.callable(command), unit.toNanos(initialDelay), unit.toNanos(period));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return scheduleAtFixedRate(command, initialDelay, delay, unit); // a task takes no time here
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = new ArrayList<>(queue);
        queue.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && queue.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        pass(Duration.ofNanos(unit.toNanos(timeout)));
        return isTerminated();
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long number = made++;
        private final long period;
        private long at;

        Task(Callable<V> callable, long at, long period) {
            super(callable);
            this.at = at;
            this.period = period;
        }

        void runAndThrow() {
            if (period == 0) {
                run();
            } else if (runAndReset()) {
                at += period;
                queue.add(this);
            }
            if (isDone() && !isCancelled() && state() == State.FAILED) {
                throw new AssertionError("a task on the loop failed", exceptionNow());
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Task<?> task = (Task<?>) other;
            return at == task.at ? Long.compare(number, task.number) : Long.signum(at - task.at);
        }
    }
}
