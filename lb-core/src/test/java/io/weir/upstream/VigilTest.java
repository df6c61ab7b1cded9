package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel is told, on real sockets. */
@Timeout(60)
class VigilTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL"})
    void theKernelAsksSoonAndAsItDidBefore(TransportKind kind) throws Exception {
        if (kind.unavailability() != null) {
            return;
        }
        ChannelOption<Integer> bound = Objects.requireNonNull(kind.userTimeout());
        EventLoops loops = new EventLoops(kind, 1);
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Channel channel = new Bootstrap()
                    .group(loops.loops().getFirst().executor())
                    .channel(kind.socketChannel())
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .option(bound, Endpoint.UNACKNOWLEDGED_MILLIS)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(peer.getInetAddress(), peer.getLocalPort())
                    .sync()
                    .channel();
            TransportKind.Probing usual = kind.probing(channel);
            Vigil vigil = new Vigil(kind, channel);

            vigil.begin(false);
            vigil.ask(10 * SECOND);
            assertThat(kind.probing(channel)).isEqualTo(TransportKind.SOON);
            assertThat(channel.config().getOption(bound)).as("bytes that nobody acknowledges end it, a lost question alone does not").isEqualTo(14_000);
            vigil.ask(20 * SECOND);
            assertThat(channel.config().getOption(bound)).as("asks already").isEqualTo(14_000);
            vigil.rest();
            assertThat(kind.probing(channel)).isEqualTo(usual);
            assertThat(channel.config().getOption(bound)).isEqualTo(5_000);

            vigil.ask(0);
            assertThat(channel.config().getOption(bound)).isEqualTo(5_000);
            vigil.rest();
            vigil.ask(-1);
            assertThat(channel.config().getOption(bound)).as("a response has begun").isZero();
            vigil.rest();
            assertThat(channel.config().getOption(bound)).isEqualTo(5_000);

            vigil.begin(true);
            vigil.ask(10 * SECOND);
            assertThat(channel.config().getOption(bound)).as("a worker that does not read is slow").isZero();
            vigil.rest();
            assertThat(channel.config().getOption(bound)).isZero();
            vigil.begin(false);
            assertThat(channel.config().getOption(bound)).isEqualTo(5_000);

            vigil.begin(true);
            channel.close().sync();
            vigil.begin(false);
            vigil.ask(0);
            vigil.rest();
        } finally {
            assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
