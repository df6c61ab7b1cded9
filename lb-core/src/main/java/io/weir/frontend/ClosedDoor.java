package io.weir.frontend;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Closes every connection without a word. */
@Sharable
final class ClosedDoor extends ChannelInboundHandlerAdapter {
    static final ClosedDoor HERE = new ClosedDoor();

    private ClosedDoor() {}

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var _ = context.close();
    }
}
