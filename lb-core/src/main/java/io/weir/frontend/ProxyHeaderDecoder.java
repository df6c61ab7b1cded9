package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol that a connection begins with, and is gone then. What does not begin like one is passed on as it
 * is, as soon as that is seen.
 */
final class ProxyHeaderDecoder extends HAProxyMessageDecoder {
    /** Of what a header of version 2 may say beside addresses, in bytes. */
    static final int MOST_EXTRAS = 4096;

    private static final byte[] V1 = {'P', 'R', 'O', 'X', 'Y', ' '};
    private static final byte[] V2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

    private boolean isHeader;
    /** What has come, while it may be the one or the other. */
    private @Nullable ByteBuf begun;

    ProxyHeaderDecoder() {
        super(MOST_EXTRAS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (isHeader) {
            super.channelRead(context, message);
            return;
        }
        ByteBuf in = joined(context, (ByteBuf) message);
        if (in.isReadable() && !begins(in, V1) && !begins(in, V2)) {
            var _ = context.pipeline().remove(this);
            context.fireChannelRead(in);
        } else if (in.readableBytes() >= (in.isReadable() && begins(in, V1) ? V1 : V2).length) {
            isHeader = true;
            super.channelRead(context, in);
        } else {
            begun = in;
        }
    }

    private ByteBuf joined(ChannelHandlerContext context, ByteBuf more) {
        ByteBuf before = begun;
        if (before == null) {
            return more;
        }
        begun = null;
        return MERGE_CUMULATOR.cumulate(context.alloc(), before, more);
    }

    /** Whether the bytes are its beginning, as far as they go, or go on behind it. */
    private static boolean begins(ByteBuf in, byte[] prefix) {
        int known = Math.min(in.readableBytes(), prefix.length);
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        if (begun != null) {
            begun.release();
            begun = null;
        }
    }
}
