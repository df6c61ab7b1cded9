package io.weir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its key, as files.
 *
 * @param cert PEM: the certificate, and behind it those of the issuers that clients don't know
 * @param key PEM: its private key, not encrypted; may be the same file
 * @param ocsp DER or PEM: the issuer's OCSP response for it, which clients get if they ask; null if there is none
 */
public record CertificateSettings(Path cert, Path key, @Nullable Path ocsp) {}
