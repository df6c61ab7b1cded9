package io.weir.health.check;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a TLS handshake and tells when the certificate that was shown ends. Where requests go in clear, nothing of it is verified, and
 * one that has ended is no failure: all workers that share it would be taken out in the same second. Where requests go over TLS themselves,
 * what they would not believe fails here too.
 */
final class TlsCheck extends WireCheck {
    private final Function<Channel, SslHandler> tls;
    /** Of the newest connection. */
    private @Nullable SslHandler handler;
    /** A connection that says goodbye. It is given up when the next one begins. */
    private @Nullable Channel parting;

    TlsCheck(Dialler dialler, InetSocketAddress address, Function<Channel, SslHandler> tls) {
        super(dialler, address, null); // the handshake is what it asks for, not what comes before
        this.tls = tls;
    }

    @Override
    void prepare(ChannelPipeline pipeline) {
        if (parting != null) {
            cut(parting);
            parting = null;
        }
        handler = tls.apply(pipeline.channel());
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
                broken(Trouble.belowTls(completion.cause()));
            }
        }
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
        return Trouble.handshake(cause);
    }
}
