package io.weir.tls;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.pem;
import static io.weir.tls.TestCertificates.put;
import static io.weir.tls.TestCertificates.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import io.weir.config.ClientAuthSettings;
import io.weir.config.ClientAuthSettings.Mode;
import io.weir.tls.TestCertificates.Issued;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientTrustTest {
    private final Instant later = Instant.now().plus(Duration.ofDays(9));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Issued ca = authority("our clients");
    private final Issued one = signed(ec(), ca, false, later, "one");
    private final Issued other = signed(ec(), ca, false, later, "other");

    private ClientTrust read(@Nullable Path crl) throws BadPairException {
        return ClientTrust.read(new ClientAuthSettings(Mode.REQUIRED, ca.write(folder, "ca"), crl, false));
    }

    private static void check(ClientTrust trust, Issued client) throws CertificateException {
        trust.manager().checkClientTrusted(new X509Certificate[] {client.certificate()}, "EC");
    }

    private Path revoke(Issued revoked, Instant until) throws Exception {
        X509v2CRLBuilder list = new X509v2CRLBuilder(new X500Name("CN=our clients"), Date.from(Instant.now().minus(Duration.ofHours(2))));
        list.setNextUpdate(Date.from(until));
        list.addCRLEntry(revoked.certificate().getSerialNumber(), Date.from(Instant.now().minus(Duration.ofHours(3))), CRLReason.keyCompromise);
        put(folder.resolve("crl.pem"), pem(list.build(new JcaContentSignerBuilder("SHA256withECDSA").build(ca.key()))));
        return folder.resolve("crl.pem");
    }

    @Test
    void itsOwnAreBelievedAndOthersAreNot() throws Exception {
        ClientTrust trust = read(null);

        assertThatCode(() -> check(trust, one)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(trust, signed(ec(), authority("our clients"), false, later, "one"))).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> check(trust, signed(ec(), ca, false, Instant.now().minusSeconds(1), "late"))).isInstanceOf(CertificateException.class);
    }

    @Test
    void aClientIsToldWhatIsWrongWithItsIssuer() throws Exception {
        ClientTrust trust = read(null);

        assertThatThrownBy(() -> check(trust, signed(ec(), authority("theirs"), false, later, "one")))
                .isInstanceOfSatisfying(OpenSslCertificateException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
    }

    @Test
    void aChainOfManyIsRefusedBeforeAnyWayThroughItIsTried() throws Exception {
        ClientTrust trust = read(null);
        X509Certificate[] chain = new X509Certificate[9];
        Arrays.fill(chain, ca.certificate());
        assertThatThrownBy(() -> trust.manager().checkClientTrusted(chain, "EC")).isInstanceOf(CertificateException.class).hasMessageContaining("9 certificates");
    }

    @Test
    void whatIsRevokedIsNotBelievedAndNothingIsOnceTheListIsOld() throws Exception {
        ClientTrust trust = read(revoke(other, later));
        assertThatCode(() -> check(trust, one)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(trust, other)).isInstanceOf(CertificateException.class);

        ClientTrust old = read(revoke(other, Instant.now().minus(Duration.ofHours(1))));
        assertThatThrownBy(() -> check(old, one)).isInstanceOf(CertificateException.class);
    }

    @Test
    void filesThatHoldSomethingElseAreNamed() {
        put(folder.resolve("no.pem"), "x");

        assertThatThrownBy(() -> read(folder.resolve("no.pem"))).hasMessageContaining("no.pem: is no list of revoked certificates");
        assertThatThrownBy(() -> ClientTrust.read(new ClientAuthSettings(Mode.REQUIRED, folder.resolve("no.pem"), null, false)))
                .isInstanceOf(BadPairException.class)
                .satisfies(e -> assertThat(e).hasMessageContaining("no.pem: holds no certificate"));
    }

    @Test
    void whatWorkersAreToldOfACertificateIsVisibleAscii() {
        ClientCertificate odd = new ClientCertificate(signed(ec(), ca, false, later, "a\u00df").certificate());

        assertThat(odd.subject()).isEqualTo("CN=a\\C3\\9F");
        assertThat(odd.issuer()).isEqualTo("CN=our clients");
        assertThat(odd.serial()).matches("([0-9A-F]{2})+");
        assertThat(odd.forwarded()).matches("Hash=[0-9a-f]{64};Cert=\"[A-Za-z0-9%-]+\";Subject=\"CN=a\\\\\\\\C3\\\\\\\\9F\"");
    }
}
