package io.weir.tls;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.put;
import static io.weir.tls.TestCertificates.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.config.CertificateSettings;
import io.weir.tls.TestCertificates.Issued;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OcspResponseTest {
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Instant from = now.minus(Duration.ofHours(1));
    private final Instant until = now.plus(Duration.ofDays(3));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Issued ca = authority("an issuer");
    private final Issued own = signed(ec(), ca, false, now.plus(Duration.ofDays(20)), "a.example");
    private final List<X509Certificate> chain = List.of(own.certificate(), ca.certificate());

    private OcspResponse read(byte[] bytes) throws Exception {
        Path file = folder.resolve("a.ocsp");
        Files.write(file, bytes);
        return OcspResponse.read(file, chain);
    }

    private void assertBad(byte[] bytes, String... parts) {
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(BadOcspException.class).message().startsWith(folder.resolve("a.ocsp") + ": ").contains(parts);
    }

    private byte[] response(@Nullable CertificateStatus status, BigInteger... serials) throws Exception {
        return TestOcsp.response(CertificateID.HASH_SHA1, status, ca, from, until, serials);
    }

    private BigInteger serial() {
        return own.certificate().getSerialNumber();
    }

    @Test
    void aGoodOneIsReadWithItsTimes() throws Exception {
        byte[] der = TestOcsp.good(own, ca, from, until);

        OcspResponse read = read(der);

        assertThat(read.der()).isEqualTo(der);
        assertThat(read.from()).isEqualTo(from);
        assertThat(read.until()).isEqualTo(until);
        assertThat(read.holds(from)).isTrue();
        assertThat(read.holds(from.minusSeconds(1))).isFalse();
        assertThat(read.holds(until.minusSeconds(1))).isTrue();
        assertThat(read.holds(until)).isFalse();
    }

    @Test
    void oneInPemIsServedAsDer() throws Exception {
        byte[] der = TestOcsp.good(own, ca, from, until);
        String pem = "-----BEGIN OCSP RESPONSE-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END OCSP RESPONSE-----\n";

        assertThat(read(pem.getBytes(java.nio.charset.StandardCharsets.US_ASCII)).der()).isEqualTo(der);
        assertBad(pem.replace("OCSP RESPONSE", "CERTIFICATE").getBytes(java.nio.charset.StandardCharsets.US_ASCII), "holds no OCSP response", "openssl ocsp -respout");
    }

    @Test
    void oneWithoutAnEndHoldsOn() throws Exception {
        OcspResponse read = read(TestOcsp.good(own, ca, from, null));

        assertThat(read.until()).isNull();
        assertThat(read.holds(now.plus(Duration.ofDays(1000)))).isTrue();
    }

    @Test
    void ofSeveralTheOneOfThisCertificateCounts() throws Exception {
        assertThat(read(response(TestOcsp.GOOD, BigInteger.TEN.pow(9), serial())).until()).isEqualTo(until);
        AlgorithmIdentifier sha256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
        assertThat(read(TestOcsp.response(sha256, TestOcsp.GOOD, ca, from, until, serial())).until()).isEqualTo(until);
    }

    @Test
    void whatIsNotGoodIsBad() throws Exception {
        assertBad(response(TestOcsp.REVOKED, serial()), "revoked; get another one");
        assertBad(response(TestOcsp.UNKNOWN, serial()), "unknown", "openssl ocsp -respout");
        assertBad(TestOcsp.failure(3), "tryLater", "openssl ocsp -respout");
        assertBad(response(TestOcsp.GOOD, BigInteger.valueOf(0xabcdef)), "is for another certificate, of serial number abcdef; this one has " + serial().toString(16) + " of CN=an issuer");
        assertBad(response(TestOcsp.GOOD), "is for no certificate");
        assertBad(TestOcsp.good(own, authority("another issuer"), from, until), "is for another certificate");
        assertBad(TestOcsp.good(own, authority("an issuer"), from, until), "is for another certificate"); // which only has its name
        assertBad(new byte[0], "holds no OCSP response");
        assertBad(own.certificate().getEncoded(), "is no OCSP response");
        Files.deleteIfExists(folder.resolve("a.ocsp"));
        assertThatThrownBy(() -> OcspResponse.read(folder.resolve("a.ocsp"), chain)).isInstanceOf(BadOcspException.class).message().contains("there is no such file");
    }

    @Test
    void whatIsCutOffOrHasMoreIsBad() throws Exception {
        byte[] der = TestOcsp.good(own, ca, from, until);
        for (int length = 1; length < der.length; length++) {
            assertBad(Arrays.copyOf(der, length), "is no OCSP response, or not whole");
        }
        assertBad(Arrays.copyOf(der, der.length + 1), "more than belongs there");
    }

    @Test
    void whateverIsWrittenIsReadOrBad() throws Exception {
        byte[] der = TestOcsp.good(own, ca, from, until);
        Random random = new Random(1);
        for (int i = 0; i < 3000; i++) {
            byte[] changed = der.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(read(changed).der()).isEqualTo(changed);
            } catch (BadOcspException e) {
                assertThat(e).hasMessageContaining("a.ocsp: ");
            }
        }
    }

    @Test
    void aPairWithOneThatDoesNotHoldIsServedWithoutAndWarnedOf() throws Exception {
        own.write(folder, "a", ca);
        CertificateSettings files = new CertificateSettings(folder.resolve("a.pem"), folder.resolve("a.key"), folder.resolve("a.ocsp"));
        byte[] der = TestOcsp.good(own, ca, from, until);
        Files.write(folder.resolve("a.ocsp"), der);

        Pair pair = Pair.read(files);

        assertThat(pair.nextUpdate()).isEqualTo(until);
        assertThat(pair.staple(now)).isFalse();
        assertThat(pair.staple()).isEqualTo(der);
        assertThat(pair.weaknesses(now)).isEmpty();
        assertThat(pair.staple(until)).isTrue();
        assertThat(pair.staple()).isNull();
        assertThat(pair.weaknesses(until)).singleElement().asString().contains("a.ocsp: the OCSP response has expired, on " + until, "fetch a new one");
        assertThat(pair.staple(from.minusSeconds(1))).isTrue();
        assertThat(pair.weaknesses(from.minusSeconds(1))).singleElement().asString().contains("a.ocsp: the OCSP response is not valid before " + from);

        put(folder.resolve("a.ocsp"), "nonsense");
        assertThatThrownBy(() -> Pair.read(files)).isInstanceOf(BadPairException.class).message().contains("a.ocsp: ");
    }
}
