package io.weir.app;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The control thread. It may end amid a task, such as a plan that is being made while the process closes. What that task wants done later
 * is cancelled and nobody's fault; others who hand something over then are told by a {@link RejectedExecutionException}.
 */
final class ControlThread extends ScheduledThreadPoolExecutor {
    private volatile @Nullable Thread thread;

    ControlThread() {
        super(1);
        setThreadFactory(this::begin);
        setRejectedExecutionHandler(this::reject);
        setRemoveOnCancelPolicy(true);
    }

    private Thread begin(Runnable work) {
        Thread begun = Thread.ofPlatform().name("weir-control").daemon().unstarted(work);
        thread = begun;
        return begun;
    }

    private void reject(Runnable task, ThreadPoolExecutor ended) {
        if (!Thread.currentThread().equals(thread)) {
            throw new RejectedExecutionException("the control thread has ended");
        }
        if (task instanceof Future<?> later) {
            later.cancel(false);
        }
    }
}
