package io.weir.tls;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.pem;
import static io.weir.tls.TestCertificates.put;
import static io.weir.tls.TestCertificates.rsa;
import static io.weir.tls.TestCertificates.selfSigned;
import static io.weir.tls.TestCertificates.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.config.CertificateSettings;
import io.weir.tls.TestCertificates.Issued;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairTest {
    @TempDir
    Path folder;

    private CertificateSettings files(String name) {
        return new CertificateSettings(folder.resolve(name + ".pem"), folder.resolve(name + ".key"), null);
    }

    private void assertBad(CertificateSettings files, String... parts) {
        assertThatThrownBy(() -> Pair.read(files)).isInstanceOf(BadPairException.class).message().contains(parts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void keysAreReadInTheirTraditionalFormAndAsPkcs8(String type) throws Exception {
        KeyPair keys = type.equals("EC") ? ec() : rsa();
        selfSigned(keys, "a.example", "*.B.example").write(folder, "a");

        Pair traditional = Pair.read(files("a"));
        put(folder.resolve("a.key"), "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded()) + "\n-----END PRIVATE KEY-----\n");
        Pair pkcs8 = Pair.read(files("a"));

        assertThat(traditional.key()).isEqualTo(pkcs8.key());
        assertThat(pkcs8.names()).containsExactlyInAnyOrder("a.example", "*.b.example");
        assertThat(pkcs8.ecdsa()).isEqualTo(type.equals("EC"));
        assertThat(pkcs8.weaknesses(Instant.now())).isEmpty();
    }

    @Test
    void certificateAndKeyMayBeInOneFile() throws Exception {
        Issued it = selfSigned(ec(), "a.example");
        Path both = folder.resolve("both.pem");
        put(both, pem(it.key(), it.certificate()));

        assertThat(Pair.read(new CertificateSettings(both, both, null)).names()).containsExactly("a.example");
    }

    @Test
    void whatCannotBeServedIsSaidWithTheFile() {
        selfSigned(ec(), "a.example").write(folder, "a");
        selfSigned(ec(), "b.example").write(folder, "b");
        selfSigned(rsa(), "c.example").write(folder, "c");
        put(folder.resolve("none.pem"), "nothing\n");
        put(folder.resolve("cut.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        put(folder.resolve("locked.key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n");

        assertBad(files("missing"), "missing.pem: there is no such file");
        assertBad(files("none"), "none.pem: holds no certificate");
        assertBad(files("cut"), "cut.pem: certificate 1 can't be understood");
        assertBad(new CertificateSettings(folder.resolve("a.pem"), folder.resolve("b.key"), null), "b.key: does not match its certificate");
        assertBad(new CertificateSettings(folder.resolve("a.pem"), folder.resolve("c.key"), null), "c.key: is not a private key of type EC");
        assertBad(new CertificateSettings(folder.resolve("a.pem"), folder.resolve("a.pem"), null), "a.pem: holds no private key");
        assertBad(new CertificateSettings(folder.resolve("a.pem"), folder.resolve("locked.key"), null), "locked.key: is encrypted", "openssl pkey");
    }

    @Test
    void aChainStandsInOrder() throws Exception {
        Issued root = authority("root");
        Issued middle = signed(ec(), root, true, Instant.now().plus(9, ChronoUnit.DAYS), "middle");
        Issued own = signed(ec(), middle, false, Instant.now().plus(9, ChronoUnit.DAYS), "a.example");
        own.write(folder, "good", middle, root);
        own.write(folder, "mixed", root, middle);
        own.write(folder, "short");

        assertThat(Pair.read(files("good")).chain()).hasSize(3);
        assertBad(files("mixed"), "mixed.pem: certificate 2 (root) is not the issuer of the one before it (a.example)");
        assertThat(Pair.read(files("short")).weaknesses(Instant.now())).singleElement().asString().contains("short.pem: the chain may be incomplete");
    }

    @Test
    void whatHasExpiredIsServedAllTheSameAndSaid() throws Exception {
        signed(ec(), null, false, Instant.now().minus(1, ChronoUnit.DAYS), "a.example").write(folder, "old");

        assertThat(Pair.read(files("old")).weaknesses(Instant.now())).singleElement().asString().contains("old.pem: the certificate of a.example has expired");
    }
}
