package io.weir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How connections to workers, or to the load balancer of another region, are secured.
 *
 * @param verify whether a worker must prove who it is: by a certificate of the name that it is asked for, whose issuer is believed
 * @param ca PEM: the issuers that are believed; null: those that this machine's Java believes
 * @param serverName the name that it is asked for (SNI) and must prove; null: the host of its address, which is not asked for if it is an IP address
 * @param own the certificate that we show if we are asked for one; null: none
 */
public record UpstreamTls(boolean verify, @Nullable Path ca, @Nullable String serverName, @Nullable CertificateSettings own, CipherSet ciphers) {
    /** Verified, by the issuers that this machine's Java believes. */
    public static final UpstreamTls DEFAULTS = new UpstreamTls(true, null, null, null, CipherSet.INTERMEDIATE);

    /** The same, with another name to be asked for and proven; null: the host of the address. */
    public UpstreamTls as(@Nullable String otherName) {
        return new UpstreamTls(verify, ca, otherName, own, ciphers);
    }
}
