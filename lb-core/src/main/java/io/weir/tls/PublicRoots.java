package io.weir.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The roots that this machine's Java trusts, which stand for those that clients know. Read when first asked. */
final class PublicRoots {
    private static final List<X509Certificate> ALL = read();

    private PublicRoots() {}

    private static List<X509Certificate> read() {
        List<X509Certificate> roots = new ArrayList<>();
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager each : factory.getTrustManagers()) {
                if (each instanceof X509TrustManager trust) {
                    roots.addAll(List.of(trust.getAcceptedIssuers()));
                }
            }
        } catch (GeneralSecurityException _) {
            // none is known
        }
        return roots;
    }

    /** Whether one of them has signed it. */
    static boolean issued(X509Certificate certificate) {
        return ALL.stream().anyMatch(root -> Pair.signed(certificate, root));
    }
}
