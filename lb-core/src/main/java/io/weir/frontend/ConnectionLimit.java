package io.weir.frontend;

import java.util.concurrent.atomic.AtomicInteger;

/** How many client connections may be open at a time, on all listeners and loops. */
public final class ConnectionLimit {
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    public ConnectionLimit(int most) {
        this.most = most;
    }

    /** Counts one more; false if there are too many. Each call is matched by {@link #closed}, whatever it returned. */
    boolean opened() {
        return open.incrementAndGet() <= most;
    }

    void closed() {
        open.decrementAndGet();
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }
}
