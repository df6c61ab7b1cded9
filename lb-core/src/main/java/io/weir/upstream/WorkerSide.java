package io.weir.upstream;

import io.weir.http.HeadLines;
import io.weir.http.RequestHead;
import io.weir.http.Side;

/** A connection to a worker, lent to one attempt. It goes back to where it belongs by itself, at the end of the response. */
public interface WorkerSide extends Side {
    /** Sends the head of the request, with {@code lines} added; not yet flushed. */
    void head(RequestHead head, HeadLines lines);

    /**
     * In place of a head: both directions are bytes from now on, as once the protocol was switched. On a new connection only.
     *
     * @throws UnsupportedOperationException if it can't carry them
     */
    default void tunnel() {
        throw new UnsupportedOperationException("it carries HTTP only");
    }

    /**
     * What is left of the response is of no use to the attempt, which is over. The connection is used again if that costs no waiting, else
     * it is as with {@link #abort}.
     */
    default void leave() {
        abort();
    }

    /** Whether whoever gets the request may say that he has not looked at it, so that it can go elsewhere whatever its method. */
    default boolean mayRefuse() {
        return false;
    }

    /** Whether it has served an exchange before. */
    boolean isReused();
}
