package io.weir.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One end of an exchange, a client or a worker, as what may be said to it once its head was sent: body in slices, the end, or a visible
 * abort. HTTP/1.1 connections are sides, and so is anything else that carries HTTP messages. Called on the side's own event loop only.
 */
public interface Side {
    /** Sends a piece of the body. Takes {@code data} over. */
    void body(ByteBuf data);

    /** Ends the message and flushes; {@code trailers} are clean field lines with their CR LF. */
    void end(byte @Nullable [] trailers);

    /** Hands what was said so far to the network. */
    void flush();

    /** Whether the other end keeps up; if not, stop reading from where the body comes. */
    boolean isWritable();

    /** Whether this side shall read on from its peer. It reads at first. */
    void demand(boolean more);

    /** Gives up in a way that the peer can't take for a whole message. */
    void abort();
}
