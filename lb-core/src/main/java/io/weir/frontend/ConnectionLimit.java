package io.weir.frontend;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How many client connections may be open at a time, on all listeners and loops. */
public final class ConnectionLimit {
    private volatile int most;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder accepted = new LongAdder();

    public ConnectionLimit(int most) {
        this.most = most;
    }

    /** Another number may be open from now on; those that are stay. */
    public void become(int next) {
        most = next;
    }

    /** Counts one more, to be matched by {@link #closed}; false, and not counted, if there would be too many. */
    boolean opened() {
        accepted.increment();
        if (open.incrementAndGet() <= most) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    void closed() {
        open.decrementAndGet();
    }

    /** Connections since the start, those included that were too many. */
    public long accepted() {
        return accepted.sum();
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }
}
