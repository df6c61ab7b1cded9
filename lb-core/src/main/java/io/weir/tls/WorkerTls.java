package io.weir.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.weir.config.UpstreamTls;
import io.weir.health.check.Anybody;
import io.weir.topology.WorkerAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of connections to workers that have the same settings, whatever name they are asked for by. Loops use it; {@link Certificates},
 * which made it, renews it.
 */
public final class WorkerTls {
    private static final List<String> HTTP1 = List.of("http/1.1");
    private static final List<String> HTTP2 = List.of("h2");

    /** Of what is never resumed. */
    private static final int NO_SESSION = -1;

    private final UpstreamTls settings;
    /** Written by whoever renews it, read by loops. */
    private volatile Contexts contexts;

    /** @param trust of the issuers in the settings' {@code ca}, already read; null if nothing is verified */
    WorkerTls(UpstreamTls settings, @Nullable X509ExtendedTrustManager trust, @Nullable Pair own) throws BadPairException {
        this.settings = settings;
        this.contexts = Contexts.of(settings, trust, own);
    }

    UpstreamTls settings() {
        return settings;
    }

    /**
     * Whom to believe.
     *
     * @throws BadPairException if the file can't be used
     */
    static @Nullable X509ExtendedTrustManager trust(UpstreamTls settings) throws BadPairException {
        if (!settings.verify()) {
            return null;
        }
        Path ca = settings.ca();
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(ca == null ? null : issuers(ca));
            return new ShortChains((X509ExtendedTrustManager) factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException | IOException e) {
            throw new BadPairException(ca == null ? Path.of("the issuers that this machine's Java believes") : ca, "can't be used: " + e.getMessage());
        }
    }

    private static KeyStore issuers(Path ca) throws BadPairException, GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        List<X509Certificate> all = Pair.certificates(ca);
        for (int i = 0; i < all.size(); i++) {
            store.setCertificateEntry("issuer " + i, all.get(i));
        }
        return store;
    }

    /** From now on new connections go by these; returns what releases those before, when no loop can be looking at them any more. */
    Runnable renew(@Nullable X509ExtendedTrustManager trust, @Nullable Pair own) throws BadPairException {
        Contexts before = contexts;
        contexts = Contexts.of(settings, trust, own);
        return before::release;
    }

    void release() {
        contexts.release();
    }

    /**
     * For a new connection that carries requests.
     *
     * @param name what the worker is asked for by, or null: the host of its address
     * @param session a number of the endpoint's own, not negative: who has been there before comes back to its session
     * @param http2 whether HTTP/2 is to be spoken inside; else HTTP/1.1
     */
    public SslHandler handler(WorkerAddress worker, @Nullable String name, int session, boolean http2, ByteBufAllocator alloc) {
        Contexts now = contexts;
        return handler(http2 ? now.http2 : now.http1, worker, name, session, alloc);
    }

    /** For a new connection of a check: it resumes no session, so that the worker proves itself anew. */
    public SslHandler checkHandler(WorkerAddress worker, @Nullable String name, boolean http2, ByteBufAllocator alloc) {
        Contexts now = contexts;
        return handler(http2 ? now.checkHttp2 : now.checkHttp1, worker, name, NO_SESSION, alloc);
    }

    /** The engine is told the name to verify; the port is but the key of its sessions. */
    private static SslHandler handler(SslContext context, WorkerAddress worker, @Nullable String name, int session, ByteBufAllocator alloc) {
        String proven = name == null ? worker.host() : name;
        SslHandler handler = session == NO_SESSION ? context.newHandler(alloc, proven, worker.port()) : context.newHandler(alloc, proven, session);
        if (!NetUtil.isValidIpV4Address(proven) && !NetUtil.isValidIpV6Address(proven) && proven.indexOf('.') < 0 && isName(proven)) {
            SSLParameters parameters = handler.engine().getSSLParameters(); // names of one label, which engines leave out
            parameters.setServerNames(List.of(new SNIHostName(proven)));
            handler.engine().setSSLParameters(parameters);
        }
        return handler;
    }

    private static boolean isName(String text) {
        return text.indexOf('_') < 0; // else the JDK takes it for no name
    }

    private static final class Contexts {
        private final SslContext http1;
        private final SslContext http2;
        private final SslContext checkHttp1;
        private final SslContext checkHttp2;

        private Contexts(SslContext http1, SslContext http2, SslContext checkHttp1, SslContext checkHttp2) {
            this.http1 = http1;
            this.http2 = http2;
            this.checkHttp1 = checkHttp1;
            this.checkHttp2 = checkHttp2;
        }

        static Contexts of(UpstreamTls settings, @Nullable X509ExtendedTrustManager trust, @Nullable Pair own) throws BadPairException {
            List<SslContext> made = new ArrayList<>();
            try {
                for (boolean resumes : new boolean[] {true, false}) {
                    made.add(context(settings, trust, own, HTTP1, resumes));
                    made.add(context(settings, trust, own, HTTP2, resumes));
                }
                return new Contexts(made.get(0), made.get(1), made.get(2), made.get(3));
            } catch (SSLException | IllegalArgumentException e) {
                made.forEach(ReferenceCountUtil::release);
                throw new BadPairException(own == null ? Path.of("TLS to workers") : own.files().cert(), "can't be used: " + e.getMessage());
            }
        }

        private static SslContext context(
                UpstreamTls settings, @Nullable X509ExtendedTrustManager trust, @Nullable Pair own, List<String> protocols, boolean resumes)
                throws SSLException {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                    .protocols(CipherSuites.versions(settings.ciphers()))
                    .ciphers(CipherSuites.suites(settings.ciphers()), SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            protocols));
            if (trust == null) {
                builder.trustManager(Anybody.TRUSTED).endpointIdentificationAlgorithm(null);
            } else {
                builder.trustManager(trust).endpointIdentificationAlgorithm("HTTPS");
            }
            if (own != null) {
                builder.keyManager(own.key(), own.chain().toArray(X509Certificate[]::new));
            }
            SslContext context = builder.build();
            if (!resumes && context.sessionContext() instanceof OpenSslSessionContext known) {
                known.setSessionCacheEnabled(false);
            }
            return context;
        }

        void release() {
            ReferenceCountUtil.release(http1);
            ReferenceCountUtil.release(http2);
            ReferenceCountUtil.release(checkHttp1);
            ReferenceCountUtil.release(checkHttp2);
        }
    }
}
