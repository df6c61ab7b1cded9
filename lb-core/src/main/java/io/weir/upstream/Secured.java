package io.weir.upstream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.weir.tls.WorkerTls;
import io.weir.topology.WorkerAddress;
import org.jspecify.annotations.Nullable;

/**
 * How connections to one endpoint are secured.
 *
 * @param name what the worker is asked for by and must prove, or null: the host of its address
 * @param session a number that no other endpoint has: sessions are resumed with the worker that gave them
 */
record Secured(WorkerTls tls, WorkerAddress address, @Nullable String name, int session) {
    SslHandler handler(ByteBufAllocator alloc) {
        return tls.handler(address, name, session, alloc);
    }
}
