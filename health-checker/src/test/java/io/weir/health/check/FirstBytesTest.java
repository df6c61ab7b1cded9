package io.weir.health.check;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class FirstBytesTest {
    private final EmbeddedChannel channel = EmbeddedChannel.builder().register(false).build();

    /** The one who waits for a connection is told of it before its handlers are. */
    @Test
    void theyComeBeforeWhatIsWrittenFirst() throws Exception {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                var _ = context.pipeline().write(text("second "));
                context.fireChannelActive();
            }
        }, new FirstBytes("first ".getBytes(ISO_8859_1)));
        channel.register();

        var _ = channel.writeAndFlush(text("third"));

        assertThat(sent()).isEqualTo("first second third");
    }

    @Test
    void theyComeBeforeWhatAHandlerSaysFirstAndAreFlushedAtOnce() throws Exception {
        channel.pipeline().addLast(new FirstBytes("first ".getBytes(ISO_8859_1)), new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                assertThat(sent()).isEqualTo("first ");
                var _ = context.writeAndFlush(text("second"));
            }
        });

        channel.register();

        assertThat(sent()).isEqualTo("second");
        assertThat(channel.pipeline().get(FirstBytes.class)).isNull();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }

    private String sent() {
        StringBuilder sent = new StringBuilder();
        for (ByteBuf each; (each = channel.readOutbound()) != null; each.release()) {
            sent.append(each.toString(ISO_8859_1));
        }
        return sent.toString();
    }
}
