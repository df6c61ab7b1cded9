package io.weir.tls;

import io.weir.config.ClientAuthSettings;
import java.io.ByteArrayInputStream;
import java.net.Socket;
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
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whose client certificates are believed, read from files. */
record ClientTrust(ClientAuthSettings settings, X509ExtendedTrustManager manager) {
    /** Certificates that a client may show; the JDK's own bound for what it reads itself. Ways through many take for ever to be tried. */
    private static final int MOST_CERTIFICATES = 8;

    /** Refuses what is too long before anybody looks at it. */
    private static final class ShortChains extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager trust;

        ShortChains(X509ExtendedTrustManager trust) {
            this.trust = trust;
        }

        private static X509Certificate[] bounded(X509Certificate[] chain) throws CertificateException {
            if (chain.length > MOST_CERTIFICATES) {
                throw new CertificateException(chain.length + " certificates are more than " + MOST_CERTIFICATES);
            }
            return chain;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            trust.checkClientTrusted(bounded(chain), type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
            trust.checkClientTrusted(bounded(chain), type, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
            trust.checkClientTrusted(bounded(chain), type, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            trust.checkServerTrusted(bounded(chain), type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
            trust.checkServerTrusted(bounded(chain), type, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
            trust.checkServerTrusted(bounded(chain), type, engine);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return trust.getAcceptedIssuers();
        }
    }

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
