package io.weir.frontend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.NetUtil;
import io.weir.config.Http2ListenerSettings;
import io.weir.config.ListenerSettings;
import io.weir.config.ListenerTimeouts;
import io.weir.config.PlainHttp;
import io.weir.config.ProxyProtocolSettings;
import io.weir.config.ProxyProtocolSettings.Accept;
import io.weir.frontend.RefusedClients.Why;
import io.weir.topology.BindAddress;
import io.weir.topology.Cidr;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntranceTest {
    private static final String PROXY = "10.0.0.7";
    private static final String STRANGER = "192.0.2.1";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: orders.test\r\n\r\n";
    private static final String LINE = "PROXY TCP4 203.0.113.9 198.51.100.1 4711 443\r\n";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String IPV4 = "cb007109" + "c6336401" + "1267" + "01bb";
    private static final String IPV6 = "20010db8000000000000000000000009" + "20010db8000000000000000000000001" + "1267" + "01bb";

    private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
    private final RefusedClients refused = new RefusedClients();

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("203.0.113.9:4711", line(LINE)),
                Arguments.of("2001:db8::9:4711", line("PROXY TCP6 2001:db8::9 2001:db8::1 4711 443\r\n")),
                Arguments.of("203.0.113.9:4711", line("PROXY TCP6 ::ffff:203.0.113.9 2001:db8::1 4711 443\r\n")),
                Arguments.of("203.0.113.9:4711", binary("21", "11", IPV4)),
                Arguments.of("2001:db8::9:4711", binary("21", "21", IPV6)),
                Arguments.of("203.0.113.9:4711", binary("21", "11", IPV4 + "010002" + "6832" + "20000f" + "0100000000" + "210007" + "544c5376312e33" + "eb0000")));
    }

    /** Those of peers that speak for themselves, or of what is no TCP over IP. */
    static Stream<byte[]> emptyHeaders() {
        return Stream.of(
                line("PROXY UNKNOWN\r\n"),
                line("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n"),
                binary("20", "00", ""),
                binary("20", "11", IPV4),
                binary("21", "00", "0102"),
                binary("21", "12", IPV4), // UDP
                binary("21", "31", "2f".repeat(216)));
    }

    static Stream<byte[]> badHeaders() {
        return Stream.of(
                line("PROXY TCP4 203.0.113.9 198.51.100.1 4711\r\n"),
                line("PROXY TCP4 203.0.113.999 198.51.100.1 4711 443\r\n"),
                line("PROXY TCP4 2001:db8::9 2001:db8::1 4711 443\r\n"),
                line("PROXY TCP4 203.0.113.9 198.51.100.1 4711 65536\r\n"),
                line("PROXY TCP6 fe80::9%1 2001:db8::1 4711 443\r\n"),
                line("PROXY UDP4 203.0.113.9 198.51.100.1 4711 443\r\n"),
                line("PROXY TCP4 " + "1".repeat(200)),
                line("PROXY \r\n0123456789"),
                binary("11", "11", IPV4),
                binary("22", "11", IPV4),
                binary("21", "99", IPV4),
                binary("21", "11", "cb007109"),
                binary("21", "21", IPV4),
                binary("21", "11", IPV4 + "0100ff" + "68"), // an extra longer than the header
                binary("21", "11", IPV4 + "00".repeat(ProxyHeaderDecoder.MOST_EXTRAS + 300)));
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory()).as("bytes in buffers").isZero();
    }

    private static byte[] line(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static byte[] binary(String command, String family, String body) {
        return HexFormat.of().parseHex(SIGNATURE + command + family + HexFormat.of().toHexDigits((short) (body.length() / 2)) + body);
    }

    @ParameterizedTest
    @MethodSource("headers")
    void aHeaderMayComeInAnyPieces(String client, byte[] header) {
        byte[] all = both(header, line(REQUEST));
        for (int cut = 0; cut <= all.length; cut++) {
            assertGoesOn(client, all, cut);
        }
        assertGoesOn(client, all, Stream.iterate(1, i -> i + 1).limit(all.length - 1).mapToInt(i -> i).toArray());
        assertThat(counts()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("emptyHeaders")
    void aHeaderWithoutAClientLeavesThePeer(byte[] header) {
        for (Accept accept : Accept.values()) {
            PeerChannel channel = open(entrance(accept), PROXY, null);

            send(channel, both(header, line(REQUEST)), 20);

            assertThat(came(channel)).isEqualTo(REQUEST);
            assertThat(Ends.clientOf(channel)).isEqualTo(channel.remote);
            end(channel);
        }
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void aBadHeaderEndsTheConnection(byte[] header) {
        byte[] all = both(header, line(LINE + REQUEST)); // nor is what comes behind it taken for one
        for (int cut : new int[] {0, 1, 6, 13, 14, 17, header.length, header.length + 5}) {
            PeerChannel channel = open(entrance(Accept.OPTIONAL), PROXY, null);

            send(channel, all, Math.min(cut, all.length));

            assertThat(channel.isActive()).isFalse();
            assertThat(came(channel)).isEmpty();
            assertThat(Ends.clientOf(channel)).isEqualTo(channel.remote);
            end(channel);
        }
        assertThat(counts()).isEqualTo(Map.of(Why.BAD_HEADER, 8L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PROXX", "P ", "\r\n\r\nG", "\u0016\u0003\u0001", "\r\n\r\n\u0000\r\nQUI_"})
    void whatIsNoHeaderIsSeenAtItsFirstOddByte(String bytes) {
        PeerChannel optional = open(entrance(Accept.OPTIONAL), PROXY, null);
        PeerChannel required = open(entrance(Accept.REQUIRED), PROXY, null);

        for (PeerChannel channel : List.of(optional, required)) {
            byte[] all = line(bytes);
            send(channel, all, Stream.iterate(1, i -> i + 1).limit(all.length - 1).mapToInt(i -> i).toArray());
        }

        assertThat(came(optional)).isEqualTo(bytes);
        assertThat(came(required)).isEmpty();
        assertThat(required.isActive()).isFalse();
        assertThat(counts()).isEqualTo(Map.of(Why.NO_HEADER, 1L));
        end(optional);
        end(required);
    }

    @ParameterizedTest
    @EnumSource
    void aStrangerIsNotBelieved(Accept accept) {
        PeerChannel channel = open(entrance(accept), STRANGER, null);

        send(channel, line(LINE + REQUEST));

        assertThat(channel.isActive()).isEqualTo(accept == Accept.OPTIONAL);
        assertThat(came(channel)).isEqualTo(accept == Accept.OPTIONAL ? LINE + REQUEST : "");
        assertThat(Ends.clientOf(channel)).isEqualTo(channel.remote);
        assertThat(counts()).isEqualTo(accept == Accept.OPTIONAL ? Map.of() : Map.of(Why.NOT_BELIEVED, 1L));
        end(channel);
    }

    @Test
    void whoIsBelievedComesInByTheAddressInItsHeader() {
        Entrance entrance = entrance(Accept.OPTIONAL, "203.0.113.0/24", "192.0.2.0/24");

        assertThat(comesIn(entrance, PROXY, LINE + REQUEST)).isTrue();
        assertThat(comesIn(entrance, STRANGER, REQUEST)).isTrue();
        assertThat(comesIn(entrance, PROXY, LINE.replace("203.0.113.9", "203.0.114.9") + REQUEST)).isFalse();
        assertThat(comesIn(entrance, PROXY, "PROXY UNKNOWN\r\n" + REQUEST)).isFalse();
        assertThat(comesIn(entrance, PROXY, REQUEST)).isFalse();
        assertThat(comesIn(entrance, "192.0.3.1", LINE + REQUEST)).isFalse();
        assertThat(counts()).isEqualTo(Map.of(Why.NOT_ALLOWED, 4L));
        assertThat(comesIn(Objects.requireNonNull(entrance(null, "10.0.0.0/8")), PROXY, LINE + REQUEST)).as("bytes as any other").isTrue();
    }

    /** Whose address can't be asked any more. */
    @Test
    void whoIsGoneAlreadyIsNobody() {
        PeerChannel channel = open(entrance(Accept.REQUIRED, "0.0.0.0/0"), null, null);

        assertThat(channel.isActive()).isFalse();
        assertThat(counts()).isEmpty();
    }

    @Test
    void aListenerThatSaysNothingHasNone() {
        assertThat(Entrance.of(ListenerSettings.defaults(BindAddress.parse(":1")), refused)).isNull();
    }

    /** A listener's own first handler sees nothing before the client is known, and all that comes then. */
    @Test
    void theListenersOwnHandlerTakesItsPlace() {
        StringBuilder seen = new StringBuilder();
        ChannelHandler first = new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                seen.append(((ByteBuf) message).toString(ISO_8859_1));
                context.fireChannelRead(message);
            }
        };
        PeerChannel channel = open(entrance(Accept.REQUIRED), PROXY, first);
        assertThat(channel.pipeline().context(first)).isNull();

        send(channel, line(LINE + REQUEST), LINE.length() + 3);

        assertThat(channel.pipeline().context(first)).isNotNull();
        assertThat(seen).hasToString(REQUEST);
        assertThat(came(channel)).isEqualTo(REQUEST);
        end(channel);
    }

    @Test
    void whatHasBegunIsGivenBackWhenTheConnectionEnds() {
        for (byte[] header : headers().map(each -> (byte[]) each.get()[1]).toList()) {
            for (int length = 0; length < header.length; length++) {
                PeerChannel channel = open(entrance(Accept.REQUIRED), PROXY, null);
                send(channel, Arrays.copyOf(header, length));
                assertThat(channel.isActive()).isTrue();
                end(channel);
                assertThat(came(channel)).isEmpty();
            }
        }
        assertThat(counts()).isEmpty();
    }

    /** Whatever comes, a client is believed or refused, and no buffer stays. */
    @Test
    void anyBytesAreTakenOrRefused() {
        SplittableRandom random = new SplittableRandom(7);
        List<byte[]> good = headers().map(each -> (byte[]) each.get()[1]).toList();
        for (int i = 0; i < 20_000; i++) {
            byte[] header = good.get(random.nextInt(good.size())).clone();
            for (int n = random.nextInt(4); n > 0; n--) {
                header[random.nextInt(header.length)] = (byte) random.nextInt(256);
            }
            PeerChannel channel = open(entrance(Accept.REQUIRED), PROXY, null);
            send(channel, both(header, line(REQUEST)), random.nextInt(header.length));
            boolean refusedNow = !channel.isActive();
            String came = came(channel);
            assertThat(refusedNow && !came.isEmpty()).as("refused, and %s was passed on", came).isFalse();
            end(channel);
        }
    }

    private boolean comesIn(Entrance entrance, String peer, String bytes) {
        PeerChannel channel = open(entrance, peer, null);
        send(channel, line(bytes));
        String came = came(channel);
        assertThat(came.isEmpty()).isEqualTo(!channel.isActive());
        end(channel);
        return !came.isEmpty();
    }

    private void assertGoesOn(String client, byte[] bytes, int... cuts) {
        PeerChannel channel = open(entrance(Accept.REQUIRED), PROXY, null);
        send(channel, bytes, cuts);
        assertThat(came(channel)).isEqualTo(REQUEST);
        InetSocketAddress said = (InetSocketAddress) Objects.requireNonNull(Ends.clientOf(channel));
        assertThat(NetUtil.toAddressString(said.getAddress()) + ":" + said.getPort()).isEqualTo(client);
        assertThat(((InetSocketAddress) Objects.requireNonNull(Ends.hereOf(channel))).getPort()).isEqualTo(443);
        assertThat(channel.pipeline().names()).as("handlers").hasSize(2);
        end(channel);
    }

    private Entrance entrance(@Nullable Accept accept, String... allowed) {
        ProxyProtocolSettings proxies = accept == null ? null : new ProxyProtocolSettings(accept, List.of(Cidr.parse("10.0.0.0/8")));
        List<Cidr> allow = Stream.of(allowed).map(Cidr::parse).toList();
        return Objects.requireNonNull(Entrance.of(
                new ListenerSettings(
                        BindAddress.parse(":1"),
                        PlainHttp.SERVE,
                        ListenerTimeouts.DEFAULTS,
                        false,
                        Http2ListenerSettings.DEFAULTS,
                        null,
                        null,
                        proxies,
                        allow),
                refused));
    }

    private Map<Why, Long> counts() {
        Map<Why, Long> counts = new EnumMap<>(Why.class);
        refused.forEach((why, count) -> {
            if (count > 0) {
                counts.put(why, count);
            }
        });
        return counts;
    }

    private PeerChannel open(Entrance entrance, @Nullable String peer, @Nullable ChannelHandler first) {
        PeerChannel channel = new PeerChannel(peer);
        channel.config().setAllocator(alloc);
        if (entrance.open(channel, first)) {
            channel.pipeline().addLast(new End());
        }
        channel.pipeline().fireChannelActive();
        return channel;
    }

    /** As sockets do, it gives bytes to a connection while that is open. */
    private static void send(PeerChannel channel, byte[] bytes, int... cuts) {
        int from = 0;
        for (int i = 0; i <= cuts.length && channel.isActive(); i++) {
            int to = i == cuts.length ? bytes.length : cuts[i];
            channel.writeInbound(channel.alloc().buffer().writeBytes(bytes, from, to - from));
            from = to;
        }
    }

    private static String came(EmbeddedChannel channel) {
        StringBuilder came = new StringBuilder();
        for (ByteBuf each; (each = channel.readInbound()) != null; each.release()) {
            came.append(each.toString(ISO_8859_1));
        }
        return came.toString();
    }

    private static void end(EmbeddedChannel channel) {
        var _ = channel.finish();
    }

    private static byte[] both(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    /** Where a client's connection would be: gets bytes and nothing else, and no failure. */
    private static final class End extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            assertThat(message).isInstanceOf(ByteBuf.class);
            context.fireChannelRead(message);
        }
    }

    private static final class PeerChannel extends EmbeddedChannel {
        private final @Nullable InetSocketAddress remote;

        PeerChannel(@Nullable String peer) {
            remote = peer == null ? null : new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(peer), 50_000);
        }

        @Override
        public @Nullable SocketAddress remoteAddress() {
            return remote;
        }
    }
}
