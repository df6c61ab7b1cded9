package io.weir.tls;

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
        public void endsSoon(Pair pair, Duration left) {}
    };

    /** New connections get this one. */
    void renewed(Pair now);

    /** Its files have changed, but can't be used; the one that was read before stays. */
    void notRenewed(Pair stays, String why);

    /** Told once a day; {@code left} is negative when it has ended. */
    void endsSoon(Pair pair, Duration left);
}
