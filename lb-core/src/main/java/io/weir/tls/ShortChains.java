package io.weir.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Refuses chains that are too long before anybody looks at them. */
final class ShortChains extends X509ExtendedTrustManager {
    /** Certificates that a peer may show; the JDK's own bound for what it reads itself. Ways through many take for ever to be tried. */
    private static final int MOST_CERTIFICATES = 8;

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
