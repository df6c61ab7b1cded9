package io.weir.tls;

import io.weir.config.CertificateSettings;
import io.weir.config.TlsSettings;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The certificates of a listener that does not run. Their keys are not read. */
public final class CertificateFiles {
    private CertificateFiles() {}

    private record Entry(Set<String> names, boolean ecdsa) implements CertificateBook.Certified {}

    /**
     * The names of the certificate that a client would get by the name that it asks for, or without one.
     *
     * @throws BadPairException if a file can't be read
     */
    public static Set<String> certified(TlsSettings settings, @Nullable String serverName) throws BadPairException {
        List<Entry> all = new ArrayList<>();
        for (CertificateSettings each : settings.certificates()) {
            X509Certificate own = Pair.certificates(each.cert()).getFirst();
            all.add(new Entry(Pair.names(own), own.getPublicKey().getAlgorithm().equals("EC")));
        }
        return new CertificateBook<>(all).choose(ClientHello.asking(serverName)).names();
    }
}
