package io.weir.tls;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a client's TLS.
 *
 * @param version {@code TLSv1.3} or {@code TLSv1.2}
 * @param cipher by its name at IANA
 * @param serverName the host that the client asked for in its handshake, in lower case, or null
 * @param certified the names that the certificate is for which it got
 */
public record TlsFacts(String version, String cipher, @Nullable String serverName, Set<String> certified) {
    /**
     * Whether a request for {@code host} may come on this connection (RFC 9110, 7.4): the one that was asked for in the handshake, or another
     * that the same certificate is for. A client that asked for none is bound to none.
     *
     * @param host in lower case, without port and final dot
     */
    public boolean covers(String host) {
        if (serverName == null || serverName.equals(host) || certified.contains(host)) {
            return true;
        }
        int dot = host.indexOf('.');
        return dot > 0 && certified.contains("*" + host.substring(dot));
    }
}
