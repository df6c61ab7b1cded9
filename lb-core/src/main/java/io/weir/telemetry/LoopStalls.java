package io.weir.telemetry;

import io.weir.loop.LoopWatchdog;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts turns of event loops that took too long, and tells where they were, for one turn in ten seconds. */
public final class LoopStalls implements LoopWatchdog.Witness {
    private static final Logger LOG = LoggerFactory.getLogger(LoopStalls.class);
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);
    private static final int FRAMES = 40;

    private final TroubleListener listener;
    private final AtomicLong count = new AtomicLong();
    private long silentUntil = System.nanoTime();

    public LoopStalls(TroubleListener listener) {
        this.listener = listener;
    }

    @Override
    public void stalled(int loop, long nanos, StackTraceElement[] stack) {
        count.incrementAndGet();
        long now = System.nanoTime();
        if (now - silentUntil >= 0) {
            silentUntil = now + PAUSE;
            listener.loopStalled(loop, TimeUnit.NANOSECONDS.toMillis(nanos), stack.length == 0 ? "" : stack[0].toString());
            LOG.warn(
                    "event loop {} has been in one turn for {} ms, and everything on it waits: {}",
                    loop,
                    TimeUnit.NANOSECONDS.toMillis(nanos),
                    text(stack));
        }
    }

    private static String text(StackTraceElement[] stack) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(stack.length, FRAMES); i++) {
            text.append("\n    at ").append(stack[i]);
        }
        return text.toString();
    }

    /** Turns that took too long. */
    public long count() {
        return count.get();
    }
}
