package io.weir.health.check;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Objects;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a TLS handshake and tells when the certificate that was shown ends. One that has ended is no failure: nothing else of it is
 * verified either, and all workers that share it would be taken out in the same second.
 */
final class TlsCheck extends WireCheck {
    private final TlsClient client;
    private final @Nullable SNIServerName serverName;
    /** Of the newest connection. */
    private @Nullable SslHandler handler;
    /** A connection that says goodbye. It is given up when the next one begins. */
    private @Nullable Channel parting;

    TlsCheck(Dialler dialler, InetSocketAddress address, TlsClient client, @Nullable String serverName) {
        super(dialler, address);
        this.client = client;
        this.serverName = TlsClient.serverName(serverName);
    }

    @Override
    void prepare(ChannelPipeline pipeline) {
        if (parting != null) {
            cut(parting);
            parting = null;
        }
        handler = client.handler(pipeline.channel(), serverName);
        pipeline.addLast(handler);
    }

    @Override
    void send(Channel connected) {
        // its handler has begun the handshake
    }

    @Override
    void received(Object message, boolean asked) {
        // of a worker that speaks first, the handshake matters alone
    }

    @Override
    void event(Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                settle(seen(handler().engine().getSession()), false);
            } else {
                broken(belowTls(completion.cause()));
            }
        }
    }

    /** What made a write fail, if that it was. */
    private static Throwable belowTls(Throwable cause) {
        return cause instanceof SSLException && cause.getCause() instanceof IOException below ? below : cause;
    }

    private SslHandler handler() {
        return Objects.requireNonNull(handler);
    }

    private static CheckResult seen(SSLSession session) {
        Instant end = certificateEnd(session);
        String protocol = session.getProtocol();
        return new CheckResult(null, end == null ? protocol : protocol + ", certificate until " + end, end);
    }

    private static @Nullable Instant certificateEnd(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate first ? first.getNotAfter().toInstant() : null;
        } catch (SSLPeerUnverifiedException _) {
            return null; // it showed none
        }
    }

    /** After a handshake the worker may be sending tickets: they are read, or closing would reset the connection. */
    @Override
    void part(Channel channel) {
        if (handler().handshakeFuture().isSuccess()) {
            parting = channel;
            var _ = channel.close();
        } else {
            cut(channel);
        }
    }

    /** Closes it past the handler, which would wait. */
    private static void cut(Channel channel) {
        ChannelHandlerContext secure = channel.pipeline().context(SslHandler.class);
        var _ = secure == null ? channel.close() : secure.close();
    }

    @Override
    String awaited() {
        return "TLS handshake";
    }

    @Override
    CheckResult malformed(Throwable cause) {
        return cause instanceof SSLHandshakeException
                ? CheckResult.failed(Failure.UNWELL, "TLS handshake failed: " + Excerpt.of(cause))
                : CheckResult.failed(Failure.MALFORMED, "no TLS: " + Excerpt.of(cause));
    }
}
