package io.weir.health.check;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.weir.config.UpstreamTls;
import io.weir.topology.WorkerAddress;

/** Secures connections of checks as those of requests are. Used on the health loop. */
@FunctionalInterface
public interface OutboundTls {
    /** Where no worker wants any. */
    OutboundTls NONE = (_, worker, _, _) -> {
        throw new IllegalStateException("nothing secures connections to " + worker);
    };

    /**
     * For a new connection to {@code worker}; each makes a full handshake, in which the worker proves itself anew.
     *
     * @param http2 whether HTTP/2 is to be spoken inside; else HTTP/1.1
     */
    SslHandler handler(UpstreamTls settings, WorkerAddress worker, Channel channel, boolean http2);
}
