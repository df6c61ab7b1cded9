package io.weir.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code listeners[].tls}. What the files hold is for whoever opens them to check. */
final class TlsReader {

    private TlsReader() {}

    static @Nullable TlsSettings tls(Value value) {
        return value.fields(fields -> {
            List<CertificateSettings> certificates =
                    fields.required("certificates", list -> list.nonEmptyList("certificate", TlsReader::certificate));
            CipherSet ciphers = fields.optional("ciphers", Scalars.oneOf(CipherSet.class), CipherSet.INTERMEDIATE);
            HstsSettings hsts = fields.optionalOrOff("hsts", TlsReader::hsts, null);
            return certificates == null ? null : new TlsSettings(certificates, ciphers, hsts);
        });
    }

    private static @Nullable CertificateSettings certificate(Value value) {
        return value.fields(fields -> {
            Path cert = fields.required("cert", file("a PEM file: the certificate, then those of its issuers", "cert.pem"));
            Path key = fields.required("key", file("a PEM file: the certificate's private key; may be the same file", "key.pem"));
            Path ocsp = fields.optional("ocsp", file("a DER file: the OCSP response of the certificate's issuer", "cert.ocsp"));
            return cert == null || key == null ? null : new CertificateSettings(cert, key, ocsp);
        });
    }

    private static Reading<Path> file(String description, String example) {
        return value -> {
            value.accept(Forms.text(description + "; a relative path begins at the folder that the config's file is in"));
            return Scalars.path(value, example);
        };
    }

    private static @Nullable HstsSettings hsts(Value value) {
        return value.fields(fields -> {
            Duration maxAge = fields.optional("max-age", Scalars.duration(HstsSettings.MAX_AGE), HstsSettings.YEAR);
            boolean subdomains = fields.optional("subdomains", Scalars::onOrOff, false);
            return new HstsSettings(maxAge, subdomains);
        });
    }
}
