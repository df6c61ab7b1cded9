package io.weir.tls;

import io.weir.config.ClientAuthSettings;
import io.weir.config.UpstreamTls;
import java.time.Duration;

/** Is told what becomes of certificates, on the thread that looks after them. */
public interface CertificateListener {
    /** For whoever does not want to know. */
    CertificateListener NONE = new CertificateListener() {
        @Override
        public void renewed(Pair now) {}

        @Override
        public void notRenewed(Pair stays, String why) {}

        @Override
        public void trustRenewed(ClientAuthSettings settings) {}

        @Override
        public void trustNotRenewed(String why) {}

        @Override
        public void workersTrustRenewed(UpstreamTls settings) {}

        @Override
        public void workersTrustNotRenewed(String why) {}

        @Override
        public void endsSoon(Pair pair, Duration left) {}

        @Override
        public void notStapled(Pair pair, String why) {}
    };

    /** New connections get this one. */
    void renewed(Pair now);

    /** Its files have changed, but can't be used; the one that was read before stays. */
    void notRenewed(Pair stays, String why);

    /** From now on, clients' certificates are checked by what these files say now. */
    void trustRenewed(ClientAuthSettings settings);

    /** The files by which clients' certificates are checked have changed, but can't be used; what was read before stays. */
    void trustNotRenewed(String why);

    /** From now on, workers' certificates are checked by what this file says now. */
    void workersTrustRenewed(UpstreamTls settings);

    /** The file by which workers' certificates are checked has changed, but can't be used; what was read before stays. */
    void workersTrustNotRenewed(String why);

    /** Told once a day; {@code left} is negative when it has ended. */
    void endsSoon(Pair pair, Duration left);

    /** Clients no longer get an OCSP response with it; told once. */
    void notStapled(Pair pair, String why);
}
