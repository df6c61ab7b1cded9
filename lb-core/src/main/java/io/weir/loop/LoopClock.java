package io.weir.loop;

/** Monotonic time in ns, read from the system once per turn of the event loop and handed out from memory. One per loop. */
public final class LoopClock {
    /** Where time comes from: {@code System::nanoTime}, or a test's own. */
    @FunctionalInterface
    public interface Source {
        long nanos();
    }

    private final Source source;
    private long now;

    public LoopClock(Source source) {
        this.source = source;
        this.now = source.nanos();
    }

    /** Reads the time anew: at the start of each read event and each tick. */
    public long refresh() {
        now = source.nanos();
        return now;
    }

    /** The time of this turn. */
    public long now() {
        return now;
    }
}
