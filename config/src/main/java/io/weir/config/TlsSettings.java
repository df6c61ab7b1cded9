package io.weir.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS.
 *
 * @param certificates at least one; the first is for clients that ask for no name, or for one that none is for
 * @param hsts null if answers say nothing of it
 */
public record TlsSettings(List<CertificateSettings> certificates, CipherSet ciphers, @Nullable HstsSettings hsts) {

    public TlsSettings {
        certificates = List.copyOf(certificates);
    }

    /** With every setting but the certificates left out. */
    public static TlsSettings defaults(List<CertificateSettings> certificates) {
        return new TlsSettings(certificates, CipherSet.INTERMEDIATE, null);
    }
}
