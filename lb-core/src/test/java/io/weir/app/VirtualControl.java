package io.weir.app;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A control thread that is none: its one repeated task runs when a test lets its time pass, until it is shut down. */
final class VirtualControl extends ScheduledThreadPoolExecutor {
    private @Nullable Runnable task;
    private long period;
    private long next;
    private long now;

    VirtualControl() {
        super(0);
    }

    /** In ns. */
    long now() {
        return now;
    }

    void pass(long nanos) {
        long until = now + nanos;
        while (task != null && !isShutdown() && next <= until) {
            now = next;
            next += period;
            task.run();
        }
        now = until;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long every, TimeUnit unit) {
        if (task != null) {
            throw new IllegalStateException("it has a task already");
        }
        task = command;
        period = unit.toNanos(every);
        next = now + unit.toNanos(initialDelay);
        return super.schedule(() -> {}, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }
}
