package io.weir.config;

import io.weir.config.ClientAuthSettings.Mode;
import io.weir.topology.DnsName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code listeners[].tls}. What the files hold is for whoever opens them to check. */
final class TlsReader {

    private TlsReader() {}

    static @Nullable TlsSettings tls(Value value) {
        return value.fields(fields -> {
            List<CertificateSettings> certificates =
                    fields.required("certificates", list -> list.nonEmptyList("certificate", TlsReader::certificate));
            CipherSet ciphers = fields.optional("ciphers", Scalars.oneOf(CipherSet.class), CipherSet.INTERMEDIATE);
            ClientAuthSettings clientAuth = fields.optional("client-auth", TlsReader::clientAuth, ClientAuthSettings.OFF);
            Map<String, ClientAuthSettings> hosts = fields.optional("hosts", named -> named.named(TlsReader::host), Map.of());
            HstsSettings hsts = fields.optionalOrOff("hsts", TlsReader::hsts, null);
            return certificates == null ? null : new TlsSettings(certificates, ciphers, clientAuth, lowerCase(hosts), hsts);
        });
    }

    /** {@code upstream.tls}, and that of a gateway. */
    static @Nullable UpstreamTls upstream(Value value) {
        return value.fields(fields -> {
            UpstreamTls defaults = UpstreamTls.DEFAULTS;
            boolean verify = fields.optional("verify", Scalars::onOrOff, defaults.verify());
            Path ca = fields.optional("ca", file("a PEM file: the issuers of workers' certificates that are believed", "workers-ca.pem"));
            String serverName = fields.optional("server-name", Scalars::hostName);
            Path cert = fields.optional("cert", file("a PEM file: the certificate that workers are shown if they ask for one", "client.pem"));
            Path key = fields.optional("key", file("a PEM file: the certificate's private key; may be the same file", "client.key"));
            CipherSet ciphers = fields.optional("ciphers", Scalars.oneOf(CipherSet.class), defaults.ciphers());
            refuseHalves(fields, verify);
            return new UpstreamTls(
                    verify, ca, serverName, cert == null || key == null ? null : new CertificateSettings(cert, key, null), ciphers);
        });
    }

    private static void refuseHalves(Fields fields, boolean verify) {
        Value cert = fields.value("cert");
        Value key = fields.value("key");
        if (cert != null && key == null) {
            cert.report("stands without its key", "add key: and the file of its private key");
        } else if (key != null && cert == null) {
            key.report("stands without its certificate", "add cert: and the file of the certificate");
        }
        Value ca = fields.value("ca");
        if (!verify && ca != null) {
            ca.report("is not looked at with verify: off", "remove one of the two");
        }
    }

    private static @Nullable CertificateSettings certificate(Value value) {
        return value.fields(fields -> {
            Path cert = fields.required("cert", file("a PEM file: the certificate, then those of its issuers", "cert.pem"));
            Path key = fields.required("key", file("a PEM file: the certificate's private key; may be the same file", "key.pem"));
            Path ocsp = fields.optional("ocsp", file("a file in DER or PEM: the OCSP response of the certificate's issuer", "cert.ocsp"));
            return cert == null || key == null ? null : new CertificateSettings(cert, key, ocsp);
        });
    }

    private static Map<String, ClientAuthSettings> lowerCase(Map<String, ClientAuthSettings> hosts) {
        Map<String, ClientAuthSettings> lower = new LinkedHashMap<>();
        hosts.forEach((host, settings) -> lower.put(host.toLowerCase(Locale.ROOT), settings));
        return lower;
    }

    private static @Nullable ClientAuthSettings host(Value name, Value value) {
        if (name.isNoting()) {
            name.accept(Forms.pattern("^(\\*\\.)?[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*$", "a host name, or *. and the rest of one"));
        } else {
            String text = name.text();
            if (text != null && !DnsName.isName((text.startsWith("*.") ? text.substring(2) : text).toLowerCase(Locale.ROOT))) {
                name.report("must be a host name, is " + Quoted.of(text), "write it without port and final dot, as in api.example.com or *.example.com");
            }
        }
        return value.fields(fields -> fields.required("client-auth", TlsReader::clientAuth));
    }

    private static @Nullable ClientAuthSettings clientAuth(Value value) {
        return value.fields(fields -> {
            Mode mode = fields.required("mode", Scalars.oneOf(Mode.class));
            Path ca = fields.optional("ca", file("a PEM file: the issuers of certificates that are believed", "clients-ca.pem"));
            Path crl = fields.optional("crl", file("a file, PEM or DER: what those issuers have revoked", "revoked.pem"));
            boolean forward = fields.optional("forward", Scalars::onOrOff, false);
            if (mode == null) {
                return null;
            }
            if (mode == Mode.OFF) {
                return ClientAuthSettings.OFF;
            }
            if (ca == null) {
                if (!fields.has("ca")) {
                    value.report("has no ca", "name the file of the issuers whose certificates are believed");
                }
                return null;
            }
            return new ClientAuthSettings(mode, ca, crl, forward);
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
