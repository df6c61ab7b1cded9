package io.weir.loop;

import org.jspecify.annotations.Nullable;

/**
 * One point in time at which something is given up, kept in a {@link DeadlineWheel}. Meant to be a field of what it guards and to be set
 * anew all the time: moving it to a later time only writes a number. Touched by its wheel's event loop only.
 */
public abstract class Deadline {
    static final long NEVER = Long.MAX_VALUE;

    /** When it expires, on the wheel's clock in ns; NEVER while it is not set. */
    long at = NEVER;
    /** The tick whose slot it is linked in, if it is linked. */
    long tick;

    @Nullable Deadline next;
    @Nullable Deadline previous;
    boolean linked;

    /** Called on the event loop once the time has come; the deadline is not set any more and may be set again. */
    protected abstract void expired(long now);

    /** Whether it is set. */
    public final boolean isSet() {
        return at != NEVER;
    }

    /** Takes it back. It stays in its slot until that comes round. */
    public final void clear() {
        at = NEVER;
    }
}
