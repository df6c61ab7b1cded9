package io.weir.upstream;

import io.weir.balancing.Target;
import org.jspecify.annotations.Nullable;

/** Where attempts get their connections, one for each event loop. */
public interface Connector {
    /**
     * A connection to {@code target}: one that was idle, at once; or null, and {@code events} is told later that there is one, or why there
     * is none.
     *
     * @param timeout ns to wait for a new connection, or for a place in the queue to bring one
     * @param need what it is for; a tunnel's is always a new one
     * @param fresh whether it must be a new one, since an idle one has just turned out to be dead
     */
    @Nullable WorkerSide connect(Target target, AttemptEvents events, long timeout, Need need, boolean fresh);

    /** Takes a request for a connection back that was not answered yet. */
    void cancel(Target target, AttemptEvents events);

    /** The same, because it took too long: a target that a connection was being made to rests for a while. */
    void giveUp(Target target, AttemptEvents events);
}
