package io.weir.upstream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.weir.tls.WorkerTls;
import io.weir.topology.WorkerAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How connections to one endpoint are secured.
 *
 * @param name what the worker is asked for by and must prove, or null: the host of its address
 * @param session a number that no other endpoint has: sessions are resumed with the worker that gave them
 */
record Secured(WorkerTls tls, WorkerAddress address, @Nullable String name, int session) {
    /** For a new connection, whose handshake may take {@code timeout} ns. */
    SslHandler handler(ByteBufAllocator alloc, long timeout, boolean http2) {
        SslHandler handler = tls.handler(address, name, session, http2, alloc);
        handler.setHandshakeTimeoutMillis(Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeout)));
        return handler;
    }
}
