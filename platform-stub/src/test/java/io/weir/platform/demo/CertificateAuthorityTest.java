package io.weir.platform.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private static final int KEY_CERT_SIGN = 5;
    private static final int DNS_NAME = 2;

    private final CertificateAuthority authority;
    private final X509Certificate ca;
    private final CertificateAuthority.Issued issued;
    private final X509Certificate server;

    CertificateAuthorityTest() throws GeneralSecurityException {
        authority = CertificateAuthority.make(NOW);
        ca = certificate(authority.certificate());
        issued = authority.issue("weir demo balancer-ca-c1", Scene.at(8080).certifiedHosts());
        server = certificate(issued.certificate());
    }

    @Test
    void whoBelievesTheCaBelievesWhatItSigns() throws Exception {
        verify(server, ca, NOW);

        assertThat(server.getIssuerX500Principal()).isEqualTo(ca.getSubjectX500Principal());
        assertThat(server.getSubjectX500Principal()).hasToString("CN=weir demo balancer-ca-c1");
        assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(server.getBasicConstraints()).as("is no CA").isEqualTo(-1);
    }

    @Test
    void whoBelievesAnotherDoesNot() throws Exception {
        X509Certificate other = certificate(CertificateAuthority.make(NOW).certificate());

        assertThatThrownBy(() -> verify(server, other, NOW)).isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void theCaSignsItselfAndNothingButServers() throws Exception {
        ca.verify(ca.getPublicKey());

        assertThat(ca.getBasicConstraints()).as("no further CA below it").isZero();
        assertThat(ca.getKeyUsage()[KEY_CERT_SIGN]).isTrue();
        assertThat(ca.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
    }

    @Test
    void theCertificateIsForTheNamesOfTheDemo() throws Exception {
        assertThat(server.getSubjectAlternativeNames()).containsExactly(
                List.of(DNS_NAME, "cloudhub.localhost"),
                List.of(DNS_NAME, "*.ca-c1.cloudhub.localhost"),
                List.of(DNS_NAME, "*.us-e1.cloudhub.localhost"),
                List.of(DNS_NAME, "*.cloudhub.localhost"),
                List.of(DNS_NAME, "api.localhost"),
                List.of(DNS_NAME, "localhost"));
    }

    @Test
    void itsKeyIsThePrivateOne() throws Exception {
        byte[] content = "content".getBytes(US_ASCII);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key(issued.key()));
        signature.update(content);
        byte[] signed = signature.sign();

        signature.initVerify(server);
        signature.update(content);

        assertThat(signature.verify(signed)).isTrue();
    }

    @Test
    void itIsValidForAYearAndBeganAnHourAgo() {
        assertThat(server.getNotBefore()).isEqualTo(NOW.minus(Duration.ofHours(1)));
        assertThat(server.getNotAfter()).isEqualTo(NOW.plus(Duration.ofDays(365)));
        assertThatThrownBy(() -> verify(server, ca, NOW.plus(Duration.ofDays(366)))).isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void noTwoAreTheSame() throws Exception {
        X509Certificate next = certificate(authority.issue("weir demo balancer-ca-c1", List.of("localhost")).certificate());

        assertThat(next.getSerialNumber()).isPositive().isNotEqualTo(server.getSerialNumber());
        assertThat(next.getPublicKey()).isNotEqualTo(server.getPublicKey());
    }

    private static void verify(X509Certificate server, X509Certificate ca, Instant at) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX").validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(server)), parameters);
    }

    private static X509Certificate certificate(String pem) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem.getBytes(US_ASCII)));
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        String body = pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "");
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
    }
}
