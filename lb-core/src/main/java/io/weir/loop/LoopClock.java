package io.weir.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Monotonic time in ns, read from the system once per turn of the event loop and handed out from memory. One per loop. */
public final class LoopClock {
    /** Where time comes from: {@code System::nanoTime}, or a test's own. */
    @FunctionalInterface
    public interface Source {
        long nanos();
    }

    private static final VarHandle NOW;
    private static final VarHandle RESTS;

    static {
        try {
            NOW = MethodHandles.lookup().findVarHandle(LoopClock.class, "now", long.class);
            RESTS = MethodHandles.lookup().findVarHandle(LoopClock.class, "rests", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Source source;
    // Written by the loop alone, without any fence; the watchdog may read them a little late.
    private long now;
    private boolean rests;

    public LoopClock(Source source) {
        this.source = source;
        this.now = source.nanos();
    }

    /** Reads the time anew: at the start of each read event and each tick. */
    public long refresh() {
        long read = source.nanos();
        NOW.setOpaque(this, read);
        RESTS.setOpaque(this, false);
        return read;
    }

    /** The turn is over, and the next one begins with {@link #refresh}. */
    void rest() {
        RESTS.setOpaque(this, true);
    }

    /** When the turn began that the loop is in, or was last in. For any thread. */
    long turn() {
        return (long) NOW.getOpaque(this);
    }

    /** Whether the loop is known to be in no turn. For any thread. */
    boolean rests() {
        return (boolean) RESTS.getOpaque(this);
    }

    /** The time of this turn. */
    public long now() {
        return now;
    }
}
