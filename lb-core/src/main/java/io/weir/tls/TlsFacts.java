package io.weir.tls;

import io.weir.config.ClientAuthSettings;
import io.weir.config.TlsSettings;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of a client's TLS. Immutable. */
public final class TlsFacts {
    private final String version;
    private final String cipher;
    private final @Nullable String protocol;
    private final @Nullable String serverName;
    private final Set<String> certified;
    private final HostPolicies policies;
    private final @Nullable ClientCertificate client;

    TlsFacts(
            String version,
            String cipher,
            @Nullable String protocol,
            @Nullable String serverName,
            Set<String> certified,
            HostPolicies policies,
            @Nullable ClientCertificate client) {
        this.version = version;
        this.cipher = cipher;
        this.protocol = protocol;
        this.serverName = serverName;
        this.certified = certified;
        this.policies = policies;
        this.client = client;
    }

    /** Of a client that has not come yet, asks for this server name, and shows no certificate. {@code certified}: the names of the one that it would get. */
    public static TlsFacts foreseen(TlsSettings settings, @Nullable String serverName, Set<String> certified) {
        return new TlsFacts("", "", null, serverName, certified, new HostPolicies(settings), null);
    }

    /** {@code TLSv1.3} or {@code TLSv1.2}. */
    public String version() {
        return version;
    }

    /** By its name at IANA. */
    public String cipher() {
        return cipher;
    }

    /** What was agreed to be spoken inside (ALPN), or null. */
    public @Nullable String protocol() {
        return protocol;
    }

    /** The host that the client asked for in its handshake, in lower case, or null. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** What was asked of the client in its handshake. */
    public ClientAuthSettings clientAuth() {
        return serverName == null ? policies.standard() : policies.of(serverName);
    }

    /** Its certificate, or null if it has shown none. */
    public @Nullable ClientCertificate client() {
        return client;
    }

    /** Whether it makes no difference which host such a client asks for. */
    public boolean anyHost() {
        return serverName == null && policies.one();
    }

    /** Whether the handshake asked of the client what a request for that host needs. {@code host}: in lower case, without port and final dot. */
    public boolean askedFor(String host) {
        return policies.one() || policies.of(host).equals(clientAuth());
    }

    /** Whether the certificate that it got is for that host; a client that asked for none is bound to none. */
    public boolean covers(String host) {
        return serverName == null || serverName.equals(host) || covers(certified, host);
    }

    /** Whether a certificate for these names is for that host. */
    public static boolean covers(Set<String> certified, String host) {
        if (certified.contains(host)) {
            return true;
        }
        int dot = host.indexOf('.');
        return dot > 0 && certified.contains("*" + host.substring(dot));
    }
}
