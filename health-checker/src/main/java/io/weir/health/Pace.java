package io.weir.health;

import java.util.concurrent.TimeUnit;

/**
 * Lets those that want to begin at once begin one after the other. Ten a millisecond: a few don't notice it, and ten thousand take a second
 * instead of all the sockets and the processor's next quarter of a second.
 */
final class Pace {
    static final long GAP = TimeUnit.MICROSECONDS.toNanos(100);

    private boolean begun;
    private long last;

    /** How long the next has to wait, in ns. */
    long delay(long now) {
        last = begun && last + GAP - now > 0 ? last + GAP : now;
        begun = true;
        return last - now;
    }
}
