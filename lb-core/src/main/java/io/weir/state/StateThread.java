package io.weir.state;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread that waits for the disk. */
public final class StateThread {
    private static final int IDLE_SECONDS = 10;

    private StateThread() {}

    /** Runs one task after the other, on a thread that is there while there is something to write. */
    public static Executor start() {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("weir-state").daemon().factory());
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }
}
