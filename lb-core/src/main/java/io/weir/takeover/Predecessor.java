package io.weir.takeover;

import java.io.IOException;
import java.util.List;

/** The running load balancer, as one that takes its place sees it. On the thread of the {@link Handover}. */
public interface Predecessor {
    /**
     * A listener with its sockets.
     *
     * @param bind as the config writes it
     */
    record Listening(String bind, List<Integer> descriptors) {}

    /**
     * Its listeners.
     *
     * @throws IOException if they can't be handed over; the message says why, and what to do
     */
    List<Listening> listeners() throws IOException;

    /** Of its config. */
    long generation();

    /** What it knows that the other would have to learn anew, for that to understand; as much as {@link Manifest#MOST_STATE} bytes. */
    byte[] state();

    /** The other one accepts: accepts no more, gives up its names, and has written all of its state when this returns. */
    void release(long successor);

    /** The other one has been told. */
    void released(long successor);
}
