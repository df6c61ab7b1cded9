package io.weir.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Refuses chains that are too long before anybody looks at them, and tells a peer whose issuer is not believed that this is what is wrong
 * (unknown_ca): what OpenSSL's engine does not recognize by itself it would call an internal error.
 */
final class ShortChains extends X509ExtendedTrustManager {
    /** Certificates that a peer may show; the JDK's own bound for what it reads itself. Ways through many take for ever to be tried. */
    private static final int MOST_CERTIFICATES = 8;

    /** Whether that engine is there; its codes are. */
    private static final boolean OPEN_SSL = OpenSsl.isAvailable();

    private final X509ExtendedTrustManager trust;

    ShortChains(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    private static X509Certificate[] bounded(X509Certificate[] chain) throws CertificateException {
        if (chain.length > MOST_CERTIFICATES) {
            String why = chain.length + " certificates are more than " + MOST_CERTIFICATES;
            throw OPEN_SSL
                    ? new OpenSslCertificateException(why, CertificateVerifier.X509_V_ERR_CERT_CHAIN_TOO_LONG)
                    : new CertificateException(why);
        }
        return chain;
    }

    private static CertificateException named(CertificateException fault) {
        Throwable innermost = fault;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return OPEN_SSL && innermost instanceof CertPathBuilderException
                ? new OpenSslCertificateException(fault.getMessage(), fault, CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
                : fault;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        X509Certificate[] some = bounded(chain);
        try {
            trust.checkClientTrusted(some, type);
        } catch (CertificateException e) {
            throw named(e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        X509Certificate[] some = bounded(chain);
        try {
            trust.checkClientTrusted(some, type, socket);
        } catch (CertificateException e) {
            throw named(e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        X509Certificate[] some = bounded(chain);
        try {
            trust.checkClientTrusted(some, type, engine);
        } catch (CertificateException e) {
            throw named(e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        X509Certificate[] some = bounded(chain);
        try {
            trust.checkServerTrusted(some, type);
        } catch (CertificateException e) {
            throw named(e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        X509Certificate[] some = bounded(chain);
        try {
            trust.checkServerTrusted(some, type, socket);
        } catch (CertificateException e) {
            throw named(e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        X509Certificate[] some = bounded(chain);
        try {
            trust.checkServerTrusted(some, type, engine);
        } catch (CertificateException e) {
            throw named(e);
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.getAcceptedIssuers();
    }
}
