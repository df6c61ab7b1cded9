package io.weir.exchange;

import io.weir.http.HeadLines;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.Side;
import org.jspecify.annotations.Nullable;

/** The client of an exchange. */
public interface ClientSide extends Side {
    /**
     * Sends the head of the worker's final response, with {@code lines} added; not yet flushed. {@code request} is what it answers.
     *
     * <p>One that {@linkplain ResponseHead#switchesProtocol switches the protocol} makes both directions bytes, each with an end of its own: what
     * comes from the client is its body, that which came early first, the end of what it sends is the end of that body, and {@link #end} ends
     * what it gets.
     */
    void head(RequestHead request, ResponseHead head, HeadLines lines);

    /** Sends an interim response (1xx) at once. */
    void interim(ResponseHead head);

    /** Sends an answer of our own, whole. */
    void answer(RequestHead request, OwnAnswer answer);

    /** The exchange is over, and nothing more comes from it; after an {@link #abort} too. */
    void settled();

    /** The other end of its connection: itself, or a proxy that speaks for it. */
    Peer peer();

    /** The region that alone is served to this client, or null for all. */
    @Nullable String onlyRegion();

    /** What the client is to come back with, if it asks for a host that is served: TLS at a port; null if it is served as it is. */
    default @Nullable SecurePort securePort() {
        return null;
    }
}
