package io.weir.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import io.weir.config.CipherSet;
import io.weir.config.ClientAuthSettings.Mode;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What handshakes with one pair need; all loops use it. Belongs to a {@link CertificateBook}, which releases it. */
final class PairContext implements CertificateBook.Certified {
    /** How long a client may come back to a session without a full handshake. */
    private static final Duration SESSION = Duration.ofHours(24);

    private final Pair pair;
    private final @Nullable ClientTrust trust;
    private final SslContext context;

    private PairContext(Pair pair, @Nullable ClientTrust trust, SslContext context) {
        this.pair = pair;
        this.trust = trust;
        this.context = context;
    }

    /**
     * Makes it.
     *
     * @param trust whose certificates of their own clients are asked for, or null. Such clients make a full handshake each time: a session would
     *     outlive what is revoked meanwhile
     * @param sessions what tickets are bound to: those of one scope are worth nothing in another
     * @throws BadPairException if the library won't have the pair
     */
    static PairContext of(Pair pair, CipherSet ciphers, @Nullable ClientTrust trust, TicketKeys tickets, String sessions) throws BadPairException {
        boolean openSsl = OpenSsl.isAvailable();
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(pair.key(), pair.chain().toArray(X509Certificate[]::new))
                    .sslProvider(openSsl ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                    .protocols(CipherSuites.versions(ciphers))
                    .ciphers(CipherSuites.suites(ciphers), SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE, // a client that knows none of them does not come so far
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ServerTls.PROTOCOLS))
                    .sessionTimeout(trust == null ? SESSION.toSeconds() : 1)
                    .enableOcsp(openSsl && pair.ocsp() != null);
            if (trust != null) {
                builder.trustManager(trust.manager()).clientAuth(trust.settings().mode() == Mode.REQUIRED ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
            }
            SslContext context = builder.build();
            if (context.sessionContext() instanceof OpenSslServerSessionContext known) {
                known.setSessionCacheEnabled(false); // clients keep their sessions themselves, in tickets
                known.setSessionIdContext(sessions.getBytes(StandardCharsets.UTF_8));
            }
            PairContext made = new PairContext(pair, trust, context);
            made.use(tickets);
            return made;
        } catch (SSLException | IllegalArgumentException e) {
            throw new BadPairException(pair.files().cert(), "can't be used: " + e.getMessage());
        }
    }

    Pair pair() {
        return pair;
    }

    @Override
    public Set<String> names() {
        return pair.names();
    }

    @Override
    public boolean ecdsa() {
        return pair.ecdsa();
    }

    @Nullable ClientTrust trust() {
        return trust;
    }

    /** Uses the tickets' keys as they are now. */
    void use(TicketKeys tickets) {
        if (trust == null) {
            tickets.applyTo(context);
        }
    }

    /** For a new connection. */
    SslHandler handler(ByteBufAllocator alloc) {
        SslHandler handler = context.newHandler(alloc);
        handler.setHandshakeTimeoutMillis(0); // the connection has a deadline of its own
        byte[] staple = pair.staple();
        if (staple != null && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            engine.setOcspResponse(staple);
        }
        if (trust != null && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
        return handler;
    }

    /** Connections that are open keep what they need of it. */
    void release() {
        ReferenceCountUtil.release(context);
    }
}
