package io.weir.tls;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.rsa;
import static io.weir.tls.TestCertificates.selfSigned;
import static io.weir.tls.TestCertificates.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CertificateSettings;
import io.weir.config.ClientAuthSettings;
import io.weir.config.TlsSettings;
import io.weir.config.UpstreamTls;
import io.weir.tls.TestCertificates.Issued;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();
    private Instant now = Instant.now();
    private long changes;
    private final Certificates certificates = new Certificates(() -> now, new CertificateListener() {
        @Override
        public void renewed(Pair pair) {
            told.add("renewed " + pair.name());
        }

        @Override
        public void notRenewed(Pair stays, String why) {
            told.add("not renewed " + stays.name() + ": " + why);
        }

        @Override
        public void trustRenewed(ClientAuthSettings settings) {
            told.add("trust renewed");
        }

        @Override
        public void trustNotRenewed(String why) {
            told.add("trust not renewed: " + why);
        }

        @Override
        public void workersTrustRenewed(UpstreamTls settings) {
            told.add("workers' trust renewed");
        }

        @Override
        public void workersTrustNotRenewed(String why) {
            told.add("workers' trust not renewed: " + why);
        }

        @Override
        public void endsSoon(Pair pair, Duration left) {
            told.add("ends soon " + pair.name() + " " + left.toDays());
        }

        @Override
        public void notStapled(Pair pair, String why) {
            told.add("not stapled " + pair.name() + ": " + why);
        }
    });

    @AfterEach
    void close() {
        certificates.close();
    }

    private ServerTls serve(String... names) throws BadPairException {
        return certificates.serve(TlsSettings.defaults(Stream.of(names).map(this::files).toList()), "test");
    }

    private CertificateSettings files(String name) {
        return new CertificateSettings(folder.resolve(name + ".pem"), folder.resolve(name + ".key"), null);
    }

    private static Pair chosen(ServerTls tls, String name, boolean ecdsa) {
        return tls.choose(new ClientHello(name.isEmpty() ? null : name, ecdsa, false)).pair();
    }

    private void touch(String name) throws Exception {
        for (String file : List.of(name + ".pem", name + ".key")) {
            Files.setLastModifiedTime(folder.resolve(file), FileTime.from(now.plusSeconds(++changes)));
        }
    }

    @Test
    void aNameGetsItsOwnCertificateThenAWildcardThenTheFirst() throws Exception {
        selfSigned(ec(), "first.example").write(folder, "first");
        selfSigned(ec(), "*.b.example").write(folder, "wild");
        selfSigned(ec(), "x.b.example").write(folder, "exact");

        ServerTls tls = serve("first", "wild", "exact");

        assertThat(chosen(tls, "x.b.example", true).name()).isEqualTo("x.b.example");
        assertThat(chosen(tls, "y.b.example", true).name()).isEqualTo("*.b.example");
        assertThat(List.of("", "b.example", "z.y.b.example", "nobody", "other.example"))
                .allSatisfy(name -> assertThat(chosen(tls, name, true).name()).isEqualTo("first.example"));
    }

    @Test
    void ofTwoTypesForANameTheClientGetsTheOneThatItCanUse() throws Exception {
        selfSigned(rsa(), "a.example").write(folder, "rsa");
        selfSigned(ec(), "a.example").write(folder, "ec");

        ServerTls tls = serve("rsa", "ec");

        for (String name : List.of("a.example", "", "other")) {
            assertThat(chosen(tls, name, true).ecdsa()).isTrue();
            assertThat(chosen(tls, name, false).ecdsa()).isFalse();
        }
    }

    @Test
    void filesThatChangeAreReadAnew() throws Exception {
        selfSigned(ec(), "a.example").write(folder, "a");
        selfSigned(ec(), "b.example").write(folder, "b");
        ServerTls tls = serve("a", "b");
        Pair b = chosen(tls, "b.example", true);
        certificates.look();
        assertThat(told).isEmpty();

        selfSigned(ec(), "c.example").write(folder, "a");
        touch("a");
        certificates.look();

        assertThat(told).containsExactly("renewed c.example");
        assertThat(chosen(tls, "", true).name()).isEqualTo("c.example");
        assertThat(chosen(tls, "b.example", true)).isSameAs(b);
        assertThat(certificates.pairs()).extracting(Pair::name).containsExactly("c.example", "b.example");
    }

    @Test
    void whatIsBadIsSaidOnceAndTheOneBeforeStays() throws Exception {
        selfSigned(ec(), "a.example").write(folder, "a");
        ServerTls tls = serve("a");
        Files.copy(selfSigned(ec(), "b.example").write(folder, "b"), folder.resolve("a.pem"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        touch("a");

        certificates.look();
        assertThat(told).as("the key may just not be there yet").isEmpty();
        certificates.look();
        certificates.look();

        assertThat(told).singleElement().asString().startsWith("not renewed a.example: ").contains("a.key: does not match");
        assertThat(chosen(tls, "", true).name()).isEqualTo("a.example");

        Files.copy(folder.resolve("b.key"), folder.resolve("a.key"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        touch("a");
        certificates.look();
        assertThat(told).hasSize(2).last().isEqualTo("renewed b.example");
    }

    private CertificateSettings stapled(String name) {
        return new CertificateSettings(folder.resolve(name + ".pem"), folder.resolve(name + ".key"), folder.resolve(name + ".ocsp"));
    }

    private void writeOcsp(byte[] response) throws Exception {
        Files.write(folder.resolve("a.ocsp"), response);
        Files.setLastModifiedTime(folder.resolve("a.ocsp"), FileTime.from(now.plusSeconds(++changes)));
    }

    private byte[] good(Issued of, Issued by, Duration left) throws Exception {
        return TestOcsp.good(of, by, now.minus(1, ChronoUnit.HOURS), now.plus(left));
    }

    @Test
    void anOcspResponseIsServedUntilItEndsAndAgainWhenThereIsAnother() throws Exception {
        Issued ca = authority("an issuer");
        Issued own = signed(ec(), ca, false, now.plus(90, ChronoUnit.DAYS), "a.example");
        own.write(folder, "a", ca);
        byte[] first = good(own, ca, Duration.ofHours(2));
        writeOcsp(first);
        ServerTls tls = certificates.serve(TlsSettings.defaults(List.of(stapled("a"))), "test");
        assertThat(chosen(tls, "", true).staple()).isEqualTo(first);

        now = now.plus(3, ChronoUnit.HOURS);
        certificates.look();
        certificates.look();

        assertThat(told).singleElement().asString().startsWith("not stapled a.example: ").contains("a.ocsp: the OCSP response has expired");
        assertThat(chosen(tls, "", true).staple()).isNull();

        writeOcsp(first);
        certificates.look();
        assertThat(told).hasSize(3).last().asString().as("of what is there now").startsWith("not stapled a.example: ");

        byte[] second = good(own, ca, Duration.ofHours(2));
        writeOcsp(second);
        certificates.look();
        assertThat(told).hasSize(4).last().isEqualTo("renewed a.example");
        assertThat(chosen(tls, "", true).staple()).isEqualTo(second);
    }

    @Test
    void anOcspResponseThatHasEndedAtTheStartIsToldOfThereAlone() throws Exception {
        Issued ca = authority("an issuer");
        Issued own = signed(ec(), ca, false, now.plus(30, ChronoUnit.DAYS), "a.example");
        own.write(folder, "a", ca);
        writeOcsp(good(own, ca, Duration.ofMinutes(-1)));

        ServerTls tls = certificates.serve(TlsSettings.defaults(List.of(stapled("a"))), "test");
        certificates.look();

        assertThat(chosen(tls, "", true).staple()).isNull();
        assertThat(chosen(tls, "", true).weaknesses(now)).singleElement().asString().contains("has expired");
        assertThat(told).isEmpty();
    }

    @Test
    void aBadOcspResponseLeavesTheOneBeforeAndDoesNotHoldANewCertificateUp() throws Exception {
        Issued ca = authority("an issuer");
        Issued own = signed(ec(), ca, false, now.plus(90, ChronoUnit.DAYS), "a.example");
        own.write(folder, "a", ca);
        byte[] first = good(own, ca, Duration.ofHours(2));
        writeOcsp(first);
        ServerTls tls = certificates.serve(TlsSettings.defaults(List.of(stapled("a"))), "test");

        writeOcsp(new byte[] {0x30, 1});
        certificates.look();
        certificates.look();
        assertThat(told).singleElement().asString().startsWith("not renewed a.example: ").contains("a.ocsp: is no OCSP response");
        assertThat(chosen(tls, "", true).staple()).isEqualTo(first);

        told.clear();
        writeOcsp(first);
        Issued next = signed(ec(), ca, false, now.plus(99, ChronoUnit.DAYS), "next.example");
        next.write(folder, "a", ca);
        touch("a");
        certificates.look();
        assertThat(told).as("the response may just not be there yet").isEmpty();
        certificates.look();
        certificates.look();
        assertThat(told).hasSize(2).first().isEqualTo("renewed next.example");
        assertThat(told).last().asString().startsWith("not stapled next.example: ").contains("a.ocsp: is for another certificate");
        assertThat(chosen(tls, "", true).staple()).isNull();

        byte[] second = good(next, ca, Duration.ofHours(2));
        writeOcsp(second);
        certificates.look();
        assertThat(told).hasSize(3).last().isEqualTo("renewed next.example");
        assertThat(chosen(tls, "", true).staple()).isEqualTo(second);
    }

    @Test
    void thatOneEndsSoonIsSaidOnceADay() throws Exception {
        signed(ec(), null, false, now.plus(22, ChronoUnit.DAYS), "a.example").write(folder, "a");
        serve("a");

        certificates.look();
        assertThat(told).isEmpty();
        for (int hours = 0; hours < 60; hours++) {
            now = now.plus(1, ChronoUnit.HOURS);
            certificates.look();
        }

        assertThat(told).containsExactly("ends soon a.example 20", "ends soon a.example 19");
    }
}
