package io.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClosingLoopsTest {
    private static final int SECONDS = 30;

    @Test
    void aLoopThatIsToldAmidItsLastTaskClosesItsChannels() throws Exception {
        ClosingLoops loops = new ClosingLoops(1, "closing", true, NioIoHandler.newFactory());
        Channel channel = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();

        loops.execute(() -> {
            var _ = loops.shutDown(SECONDS); // the loop goes on to its end, with no other task
        });

        assertThat(loops.terminationFuture().await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(channel.isOpen()).isFalse();
    }
}
