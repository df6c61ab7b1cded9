package io.weir.upstream;

import io.weir.loop.Deadline;
import io.weir.loop.EventLoops;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attempts of one event loop that wait because a worker has as many exchanges as it may have at a time. On that loop only, but for
 * {@link #any}.
 */
final class Waiters {
    /** One of them. */
    record Waiter(AttemptEvents events, long until, long timeout, Need need, boolean fresh) {}

    private final Endpoint endpoint;
    private final EventLoops.Loop loop;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    /** Written on the loop, read by others to spare themselves a hop. */
    private volatile int waiting;

    private final Deadline patience = new Deadline() {
        @Override
        protected void expired(long now) {
            turnAway(now);
        }
    };

    Waiters(Endpoint endpoint, EventLoops.Loop loop) {
        this.endpoint = endpoint;
        this.loop = loop;
    }

    /** Whether there are any. For any thread. */
    boolean any() {
        return waiting > 0;
    }

    /** Takes one in, for {@code timeout} ns at most; false, and it is told, if the queue is full. */
    boolean join(AttemptEvents events, long timeout, Need need, boolean fresh) {
        if (!endpoint.joinQueue()) {
            events.failed(AttemptFailure.QUEUE_FULL, null);
            return false;
        }
        long until = loop.clock().now() + timeout;
        waiters.addLast(new Waiter(events, until, timeout, need, fresh));
        waiting = waiters.size();
        if (!patience.isSet()) {
            loop.wheel().set(patience, until);
        }
        return true;
    }

    /** The one who has waited longest, who waits no more; or null. */
    @Nullable Waiter poll() {
        Waiter first = waiters.pollFirst();
        if (first != null) {
            left();
        }
        return first;
    }

    private void left() {
        waiting = waiters.size();
        endpoint.leaveQueue();
    }

    /** Whether it was one of them; it waits no more. */
    boolean cancel(AttemptEvents events) {
        for (Iterator<Waiter> i = waiters.iterator(); i.hasNext(); ) {
            if (i.next().events.equals(events)) {
                i.remove();
                left();
                return true;
            }
        }
        return false;
    }

    /** Asks all of them whether they would go elsewhere. */
    void ask() {
        for (Waiter waiter : List.copyOf(waiters)) { // copies, since those who are asked may take and leave connections here
            if (waiters.contains(waiter)) {
                waiter.events.workerSilent();
            }
        }
    }

    /** Those who have waited for too long. */
    private void turnAway(long now) {
        Waiter waiter;
        while ((waiter = waiters.peekFirst()) != null && now - waiter.until >= 0) {
            waiters.removeFirst();
            left();
            waiter.events.failed(AttemptFailure.QUEUE_TIMEOUT, null);
        }
        if (waiter != null && !patience.isSet()) {
            loop.wheel().set(patience, waiter.until);
        }
    }
}
