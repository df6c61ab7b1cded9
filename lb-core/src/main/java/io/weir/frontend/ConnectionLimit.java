package io.weir.frontend;

import java.util.concurrent.atomic.AtomicInteger;

/** How many client connections may be open at a time, on all listeners and loops. */
public final class ConnectionLimit {
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    public ConnectionLimit(int most) {
        this.most = most;
    }

    /** Counts one more, to be matched by {@link #closed}; false, and not counted, if there would be too many. */
    boolean opened() {
        if (open.incrementAndGet() <= most) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    void closed() {
        open.decrementAndGet();
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }
}
