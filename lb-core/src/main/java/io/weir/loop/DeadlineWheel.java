package io.weir.loop;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deadlines of one event loop, in slots of 100 ms (hashed timing wheel, Varghese and Lauck 1987, scheme 6). Entries are intrusive and
 * re-armed lazily: one that was moved to a later time stays where it is, and is put into its new slot when the old one comes round. So a
 * request that sets and clears its deadlines costs a few writes and no call to the event loop's own scheduler.
 *
 * <p>Deadlines fire up to one tick late and never early. Not thread-safe.
 */
public final class DeadlineWheel {
    /** 100 ms, in ns. */
    public static final long TICK = 100_000_000L;

    private static final int SLOTS = 512;
    private static final Logger LOG = LoggerFactory.getLogger(DeadlineWheel.class);

    /** Circular lists, made when first needed; a head's {@code expired} is never called. */
    private final @Nullable Head[] slots = new Head[SLOTS];

    private long tick;
    private int size;

    /** A wheel whose time begins at {@code now} ns. */
    public DeadlineWheel(long now) {
        tick = Math.floorDiv(now, TICK);
    }

    /** Sets {@code deadline} to expire at {@code at} ns, wherever it stood before. */
    public void set(Deadline deadline, long at) {
        deadline.at = at;
        long wanted = Math.max(Math.floorDiv(at, TICK) + 1, tick + 1);
        if (deadline.linked) {
            if (deadline.tick <= wanted) {
                return;
            }
            unlink(deadline);
        }
        link(deadline, wanted);
    }

    /** Takes {@code deadline} out at once, so that nothing refers to it any more. */
    public void remove(Deadline deadline) {
        deadline.clear();
        if (deadline.linked) {
            unlink(deadline);
        }
    }

    /** Entries in slots, cleared ones included: without any, there is no need to tick. */
    public int size() {
        return size;
    }

    /** Moves time on to {@code now} ns and calls what has expired. */
    public void advance(long now) {
        long end = Math.floorDiv(now, TICK);
        if (end - tick > SLOTS) {
            tick = end - SLOTS; // every slot is visited once, which is enough
        }
        while (tick < end) {
            tick++;
            Head head = slots[(int) tick & (SLOTS - 1)];
            if (head != null) {
                visit(head, now);
            }
        }
    }

    private void visit(Head head, long now) {
        // What expires may set and remove deadlines, even in this slot: after each call the walk begins anew.
        Deadline first = head.next;
        if (first == null || first == head) {
            return;
        }
        Deadline entry = first;
        while (entry != head) {
            Deadline next = java.util.Objects.requireNonNull(entry.next);
            if (entry.tick <= tick) {
                unlink(entry);
                if (entry.at != Deadline.NEVER) {
                    if (entry.at <= now) {
                        entry.at = Deadline.NEVER;
                        call(entry, now);
                        next = java.util.Objects.requireNonNull(head.next);
                    } else {
                        link(entry, Math.max(Math.floorDiv(entry.at, TICK) + 1, tick + 1));
                    }
                }
            }
            entry = next;
        }
    }

    /** A fault in what expires must not take the other deadlines of the loop along. */
    private static void call(Deadline deadline, long now) {
        try {
            deadline.expired(now);
        } catch (RuntimeException e) {
            LOG.error("a deadline failed", e);
        }
    }

    private void link(Deadline deadline, long wanted) {
        int slot = (int) wanted & (SLOTS - 1);
        Head head = slots[slot];
        if (head == null) {
            head = new Head();
            slots[slot] = head;
        }
        Deadline last = java.util.Objects.requireNonNull(head.previous);
        deadline.tick = wanted;
        deadline.previous = last;
        deadline.next = head;
        last.next = deadline;
        head.previous = deadline;
        deadline.linked = true;
        size++;
    }

    private void unlink(Deadline deadline) {
        Deadline next = java.util.Objects.requireNonNull(deadline.next);
        Deadline previous = java.util.Objects.requireNonNull(deadline.previous);
        next.previous = previous;
        previous.next = next;
        deadline.next = deadline.previous = null;
        deadline.linked = false;
        size--;
    }

    private static final class Head extends Deadline {
        Head() {
            next = previous = this;
        }

        @Override
        protected void expired(long now) {
            throw new IllegalStateException("a list's head is no deadline");
        }
    }
}
