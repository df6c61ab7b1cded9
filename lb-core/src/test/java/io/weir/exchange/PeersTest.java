package io.weir.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Fingerprint;
import io.weir.config.ForwardedField;
import io.weir.config.ForwardingSettings;
import io.weir.topology.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeersTest {
    static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    static Peers trusting(String... blocks) {
        return peers(ForwardedField.OFF, true, blocks);
    }

    static Peers peers(ForwardedField forwarded, boolean via, String... blocks) {
        return new Peers(new ForwardingSettings(Stream.of(blocks).map(Cidr::parse).toList(), forwarded, via));
    }

    private static String forwarded(Peer peer) {
        return new String(Objects.requireNonNull(peer.forwarded()), US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.7, 192.0.2.7", "2001:DB8:0:0::1, 2001:db8::1", "fe80::1%1, fe80::1", "::1, ::1"})
    void workersAreToldItsAddress(String address, String told) {
        Peer peer = Peers.UNTRUSTED.of(at(address, 51_000), at("127.0.0.1", 8080));

        assertThat(new String(peer.lines(), US_ASCII))
                .isEqualTo("Via: 1.1 weir\r\nX-Forwarded-For: " + told + "\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 8080\r\n");
        assertThat(peer.address()).hasToString(told);
        assertThat(peer.port()).isEqualTo(51_000);
        assertThat(peer.localPort()).isEqualTo(8080);
    }

    @Test
    void viaSaysByWhichVersionItCame() {
        assertThat(new String(Peers.UNTRUSTED.ofHttp2(at("192.0.2.7", 1), null, null).lines(), US_ASCII)).startsWith("Via: 2.0 weir\r\nX-");
        assertThat(trusting("192.0.2.7").ofHttp2(at("192.0.2.7", 1), null, null).via()).asString(US_ASCII).isEqualTo("Via: 2.0 weir\r\n");
        assertThat(trusting("192.0.2.7").of(at("192.0.2.7", 1), null, null).via()).asString(US_ASCII).isEqualTo("Via: 1.1 weir\r\n");
        assertThat(peers(ForwardedField.OFF, false).ofHttp2(at("192.0.2.7", 1), null, null).via()).isNull();
    }

    @Test
    void itsAddressCanBeCopiedToWhatIsLogged() {
        ClientAddress address = Peers.UNTRUSTED.of(at("192.0.2.7", 1), null).address();
        assertThat(new String(address.bytes(), address.from(), address.to() - address.from(), US_ASCII)).isEqualTo("192.0.2.7");
    }

    @Test
    void whoHasNoAddressIsUnknownAndNotTrusted() {
        for (Peer peer : new Peer[] {
            trusting("0.0.0.0/0", "::/0").of(null, null),
            trusting("0.0.0.0/0", "::/0").of(UnixDomainSocketAddress.of("/tmp/x"), null),
            trusting("0.0.0.0/0", "::/0").of(InetSocketAddress.createUnresolved("10.0.0.1", 7), null)
        }) {
            assertThat(peer.address()).hasToString("unknown");
            assertThat(peer.address().fingerprint()).isZero();
            assertThat(peer.trusted()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, true", "11.0.0.1, false", "::ffff:10.1.2.3, true", "fd00::1, true", "fd00::1%1, true", "fe00::1, false", "192.0.2.7, true", "192.0.2.8, false"
    })
    void isTrustedByItsAddress(String address, boolean trusted) {
        assertThat(trusting("10.0.0.0/8", "fd00::/8", "192.0.2.7").of(at(address, 1), null).trusted()).isEqualTo(trusted);
    }

    @Test
    void nobodyIsTrustedUnasked() {
        assertThat(Peers.UNTRUSTED.of(at("127.0.0.1", 1), null).trusted()).isFalse();
    }

    @Test
    void viaIsLeftOutWhenItIsOff() {
        assertThat(new String(peers(ForwardedField.OFF, false).of(at("192.0.2.7", 1), null).lines(), US_ASCII)).startsWith("X-Forwarded-For: ");
    }

    @Test
    void anAddressOfIpv6IsQuotedInForwarded() {
        Peers peers = peers(ForwardedField.RFC7239, true);
        assertThat(forwarded(peers.of(at("192.0.2.7", 1), null))).isEqualTo("for=192.0.2.7;proto=http");
        assertThat(forwarded(peers.of(at("2001:db8::1", 1), null))).isEqualTo("for=\"[2001:db8::1]\";proto=http");
        assertThat(forwarded(peers.of(null, null))).isEqualTo("for=unknown;proto=http");
        assertThat(Peers.UNTRUSTED.of(at("192.0.2.7", 1), null).forwarded()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.7", "2001:db8::1", "::1"})
    void theFingerprintIsThatOfTheBytes(String address) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        assertThat(Peers.UNTRUSTED.of(at(address, 1), null).address().fingerprint()).isEqualTo(Fingerprint.of(bytes, 0, bytes.length));
    }
}
