package io.weir.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS.
 *
 * @param certificates at least one; the first is for clients that ask for no name, or for one that none is for
 * @param clientAuth for hosts that have none of their own
 * @param hosts by host, or {@code *.} and the rest of one, what holds for it alone
 * @param hsts null if answers say nothing of it
 */
public record TlsSettings(
        List<CertificateSettings> certificates,
        CipherSet ciphers,
        ClientAuthSettings clientAuth,
        Map<String, ClientAuthSettings> hosts,
        @Nullable HstsSettings hsts) {

    public TlsSettings {
        certificates = List.copyOf(certificates);
        hosts = Collections.unmodifiableMap(new LinkedHashMap<>(hosts));
    }

    /** With every setting but the certificates left out. */
    public static TlsSettings defaults(List<CertificateSettings> certificates) {
        return new TlsSettings(certificates, CipherSet.INTERMEDIATE, ClientAuthSettings.OFF, Map.of(), null);
    }
}
