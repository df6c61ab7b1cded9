package io.weir.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.weir.config.ProxyVersion;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProxyHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 10.0.0.1, TCP4 192.0.2.7 10.0.0.1, TCP4 192.0.2.7 10.0.0.1",
        "2001:db8::7, 2001:db8::1, TCP6 2001:db8::7 2001:db8::1, TCP6 2001:db8:0:0:0:0:0:7 2001:db8:0:0:0:0:0:1",
        "192.0.2.7, ::1, TCP6 ::ffff:192.0.2.7 ::1, TCP6 0:0:0:0:0:ffff:c000:207 0:0:0:0:0:0:0:1",
        "2001:db8::7, 10.0.0.1, TCP6 2001:db8::7 ::ffff:10.0.0.1, TCP6 2001:db8:0:0:0:0:0:7 0:0:0:0:0:ffff:a00:1",
        "::ffff:192.0.2.7, 10.0.0.1, TCP4 192.0.2.7 10.0.0.1, TCP4 192.0.2.7 10.0.0.1",
        "fe80::7%1, fe80::1%1, TCP6 fe80::7 fe80::1, TCP6 fe80:0:0:0:0:0:0:7 fe80:0:0:0:0:0:0:1",
    })
    void bothEndsAreOfOneFamily(String client, String here, String line, String read) {
        Peer peer = Peers.UNTRUSTED.of(PeersTest.at(client, 51_000), PeersTest.at(here, 8080));

        byte[] v1 = ProxyHeader.of(ProxyVersion.V1, peer.address(), peer);
        byte[] v2 = ProxyHeader.of(ProxyVersion.V2, peer.address(), peer);

        assertThat(new String(v1, ISO_8859_1)).isEqualTo("PROXY " + line + " 51000 8080\r\n");
        assertThat(read(v1)).isEqualTo("PROXY " + line + " 51000 8080 []");
        assertThat(read(v2)).isEqualTo("PROXY " + read + " 51000 8080 []");
    }

    /** Of a client that a trusted proxy tells of, the port is not known: it is that proxy's. */
    @ParameterizedTest
    @EnumSource
    void theClientMayBeAnotherThanThePeer(ProxyVersion version) {
        Peer peer = Peers.UNTRUSTED.of(PeersTest.at("10.0.0.9", 51_000), PeersTest.at("10.0.0.1", 8080));
        ClientAddress client = Peers.UNTRUSTED.of(PeersTest.at("192.0.2.7", 1), null).address();

        assertThat(read(ProxyHeader.of(version, client, peer))).isEqualTo("PROXY TCP4 192.0.2.7 10.0.0.1 51000 8080 []");
    }

    @ParameterizedTest
    @EnumSource
    void whoHasNoAddressIsNobody(ProxyVersion version) {
        for (InetSocketAddress nowhere : new @Nullable InetSocketAddress[] {null, InetSocketAddress.createUnresolved("x", 1)}) {
            Peer peer = Peers.UNTRUSTED.of(nowhere, PeersTest.at("10.0.0.1", 8080));
            Peer unbound = Peers.UNTRUSTED.of(PeersTest.at("192.0.2.7", 51_000), nowhere);

            assertThat(read(ProxyHeader.of(version, peer.address(), peer)))
                    .isEqualTo(version == ProxyVersion.V1 ? "PROXY UNKNOWN null null 0 0 []" : "LOCAL UNKNOWN null null 0 0 []");
            assertThat(new String(ProxyHeader.of(ProxyVersion.V1, unbound.address(), unbound), ISO_8859_1)).startsWith("PROXY TCP4 192.0.2.7 0.0.0.0 51000 ");
        }
    }

    /** As others understand it. */
    private static String read(byte[] header) {
        EmbeddedChannel reader = new EmbeddedChannel(new HAProxyMessageDecoder());
        reader.writeInbound(Unpooled.wrappedBuffer(header));
        HAProxyMessage read = reader.readInbound();
        try {
            return read.command() + " " + read.proxiedProtocol() + " " + read.sourceAddress() + " " + read.destinationAddress() + " "
                    + read.sourcePort() + " " + read.destinationPort() + " " + read.tlvs();
        } finally {
            read.release();
            assertThat(reader.finish()).isFalse();
        }
    }
}
