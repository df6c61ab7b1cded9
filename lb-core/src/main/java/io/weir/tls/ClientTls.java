package io.weir.tls;

import io.netty.handler.ssl.SslHandler;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one client connection, told along its pipeline when the handshake begins. Belongs to the connection and its loop.
 */
public final class ClientTls {
    private final SslHandler handler;
    private final @Nullable String serverName;
    private final Set<String> certified;

    ClientTls(SslHandler handler, @Nullable String serverName, Set<String> certified) {
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
        return new TlsFacts(session.getProtocol(), session.getCipherSuite(), serverName, certified);
    }
}
