package io.weir.health.check;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;

/** The client's side of handshakes, by the JDK's engine: any certificate will do, and no session is resumed, so that each shows one. */
final class TlsClient {
    /** How long a worker may take to say that it ends the connection too, in ms. Its tickets that are under way are read until then. */
    private static final long PARTING_MILLIS = 500;

    private final SslContext context;

    TlsClient() {
        try {
            this.context = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(Anybody.TRUSTED) // what is asked is whether the worker can speak, not who it is
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    /** Without a peer's host and port, or the JDK would keep its session. */
    SslHandler handler(Channel channel, @Nullable SNIServerName serverName) {
        SSLEngine engine = context.newEngine(channel.alloc());
        if (serverName != null) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(serverName));
            engine.setSSLParameters(parameters);
        }
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeoutMillis(0); // the question's own time-out counts
        handler.setCloseNotifyReadTimeoutMillis(PARTING_MILLIS);
        return handler;
    }

    /** Not as a {@code SNIHostName}, which refuses underscores: names of workers may hold them. */
    static @Nullable SNIServerName serverName(@Nullable String name) {
        return name == null ? null : new SNIServerName(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII)) {};
    }
}
