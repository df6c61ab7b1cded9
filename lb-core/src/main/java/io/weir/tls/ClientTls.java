package io.weir.tls;

import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one client connection, told along its pipeline when the handshake begins. Belongs to the connection and its loop.
 */
public final class ClientTls {
    private final SslHandler handler;
    private final @Nullable String serverName;
    private final Set<String> certified;
    private final HostPolicies policies;

    ClientTls(SslHandler handler, @Nullable String serverName, Set<String> certified, HostPolicies policies) {
        this.policies = policies;
        this.handler = handler;
        this.serverName = serverName;
        this.certified = certified;
    }

    public SslHandler handler() {
        return handler;
    }

    /** What was agreed on. After the handshake. */
    public TlsFacts facts() {
        SSLSession session = handler.engine().getSession();
        return new TlsFacts(session.getProtocol(), session.getCipherSuite(), handler.applicationProtocol(), serverName, certified, policies, client(session));
    }

    private static @Nullable ClientCertificate client(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate own ? new ClientCertificate(own) : null;
        } catch (SSLPeerUnverifiedException _) {
            return null;
        }
    }
}
