package io.weir.simulate;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A control thread whose time passes when a test says so; tasks run on the test's thread. */
final class ManualThread extends ScheduledThreadPoolExecutor {
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong((Task task) -> task.due).thenComparingLong(task -> task.number));
    private long now;
    private long number;

    ManualThread() {
        super(0);
    }

    long now() {
        return now;
    }

    /** Runs what is due within so many seconds. */
    void pass(long seconds) {
        long until = now + TimeUnit.SECONDS.toNanos(seconds);
        while (!tasks.isEmpty() && tasks.peek().due <= until) {
            Task task = tasks.remove();
            now = Math.max(now, task.due);
            if (!task.isCancelled()) {
                task.run();
                if (!task.isCancelled()) { // by itself
                    task.resultNow(); // says so if it failed
                }
            }
        }
        now = until;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Task task = new Task(command, now + unit.toNanos(delay), number++);
        tasks.add(task);
        return task;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody asks for a result");
    }

    private final class Task extends FutureTask<Void> implements RunnableScheduledFuture<Void> {
        private final long due;
        private final long number;

        Task(Runnable command, long due, long number) {
            super(command, null);
            this.due = due;
            this.number = number;
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
