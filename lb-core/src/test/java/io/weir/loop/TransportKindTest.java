package io.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class TransportKindTest {
    private static final ChannelOption<Integer> TCP_KEEPIDLE = new IntegerUnixChannelOption("the idle time", 6, 4);
    private static final ChannelOption<Integer> TCP_KEEPINTVL = new IntegerUnixChannelOption("the interval", 6, 5);
    private static final ChannelOption<Integer> TCP_KEEPCNT = new IntegerUnixChannelOption("the number", 6, 6);

    @ParameterizedTest
    @EnumSource
    void theKernelIsToldToLookForAPeer(TransportKind kind) throws Exception {
        if (kind.unavailability() != null) {
            return;
        }
        EventLoops loops = new EventLoops(kind, 1);
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Channel channel = new Bootstrap()
                    .group(loops.loops().getFirst().executor())
                    .channel(kind.socketChannel())
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(peer.getInetAddress(), peer.getLocalPort())
                    .sync()
                    .channel();
            TransportKind.Probing before = kind.probing(channel);
            kind.probe(channel, TransportKind.SOON);
            if (before != null) {
                assertThat(kind.probing(channel)).isEqualTo(TransportKind.SOON);
                assertThat(channel.config().getOption(TCP_KEEPIDLE)).isOne();
                assertThat(channel.config().getOption(TCP_KEEPINTVL)).isOne();
                assertThat(channel.config().getOption(TCP_KEEPCNT)).isEqualTo(3);
                kind.probe(channel, before);
                assertThat(kind.probing(channel)).isEqualTo(before);
                assertThat(channel.config().getOption(TCP_KEEPIDLE)).isEqualTo(before.after());
            }
            assertThat(before == null).isEqualTo(kind == TransportKind.NIO);
            assertThat(channel.isActive()).isTrue();
            channel.close().sync();
        } finally {
            assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
