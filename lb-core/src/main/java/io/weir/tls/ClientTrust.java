package io.weir.tls;

import io.weir.config.ClientAuthSettings;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whose client certificates are believed, read from files. */
record ClientTrust(ClientAuthSettings settings, X509ExtendedTrustManager manager) {
    static ClientTrust read(ClientAuthSettings settings) throws BadPairException {
        Path ca = Objects.requireNonNull(settings.ca());
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate issuer : Pair.certificates(ca)) {
            anchors.add(new TrustAnchor(issuer, null));
        }
        try {
            PKIXBuilderParameters rules = new PKIXBuilderParameters(anchors, new X509CertSelector());
            rules.setRevocationEnabled(settings.crl() != null); // by the lists here alone: a checker of our own would fetch more, on event loops
            if (settings.crl() != null) {
                rules.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists(settings.crl()))));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(rules));
            return new ClientTrust(settings, new ShortChains((X509ExtendedTrustManager) factory.getTrustManagers()[0]));
        } catch (GeneralSecurityException e) {
            throw new BadPairException(ca, "can't be used: " + e.getMessage());
        }
    }

    private static List<X509CRL> lists(Path file) throws BadPairException {
        List<byte[]> ders = new ArrayList<>();
        try {
            for (Pem block : Pem.blocks(file)) {
                if (block.label().equals("X509 CRL")) {
                    ders.add(block.der());
                }
            }
            if (ders.isEmpty()) {
                ders.add(Pem.bytes(file));
            }
            List<X509CRL> lists = new ArrayList<>();
            for (byte[] der : ders) {
                lists.add((X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der)));
            }
            return lists;
        } catch (CRLException | IllegalArgumentException | CertificateException _) {
            throw new BadPairException(file, "is no list of revoked certificates; it must have a block BEGIN X509 CRL (PEM), or be DER");
        }
    }
}
