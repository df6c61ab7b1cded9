package io.weir.tls;

import io.weir.config.ClientAuthSettings;
import io.weir.config.TlsSettings;

/** What holds for which host of a listener. Immutable. */
final class HostPolicies {
    private final ByName<ClientAuthSettings> byHost = new ByName<>();
    private final ClientAuthSettings standard;

    HostPolicies(TlsSettings settings) {
        standard = settings.clientAuth();
        settings.hosts().forEach((host, policy) -> byHost.put(host, _ -> policy));
    }

    /** Of a host in lower case. As in mappings, {@code *.} and the rest is for all hosts below, however deep: else one could go around it. */
    ClientAuthSettings of(String host) {
        ClientAuthSettings own = byHost.getBelow(host);
        return own == null ? standard : own;
    }

    /** What holds for clients that ask for no host. */
    ClientAuthSettings standard() {
        return standard;
    }

    /** Whether the same holds for all. */
    boolean one() {
        return byHost.isEmpty();
    }
}
