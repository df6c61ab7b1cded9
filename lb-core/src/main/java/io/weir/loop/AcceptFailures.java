package io.weir.loop;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Connections that could not be accepted, as when the process has no descriptor left. For any thread. */
public final class AcceptFailures {
    private final LongAdder count = new LongAdder();
    private volatile @Nullable String latest;

    /** Lets this listening socket rest for a while after each failure, and counts them. */
    public void guard(Channel listening) {
        listening.pipeline().addFirst(new AcceptPause(this));
    }

    void count(Throwable cause) {
        latest = String.valueOf(cause.getMessage());
        count.increment();
    }

    /** Since the start. One connection may fail many times. */
    public long sum() {
        return count.sum();
    }

    /** What the system said last, or null before the first. */
    public @Nullable String latest() {
        return latest;
    }
}
