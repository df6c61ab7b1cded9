package io.weir.health.check;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.weir.config.ProxyVersion;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Sends bytes when a connection is there, before any handler behind it says a word, and is gone then. First in its pipeline. */
public final class FirstBytes extends ChannelDuplexHandler {
    private static final byte[] UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
    /** Version 2, LOCAL, AF_UNSPEC, and nothing behind it. */
    private static final byte[] LOCAL = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "20" + "00" + "0000");

    private final byte[] bytes;
    private boolean said;

    /** For these; they are to stay as they are. */
    public FirstBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A header of the PROXY protocol that says that a connection is for nobody but us. */
    public static byte[] forNobody(ProxyVersion version) {
        return switch (version) {
            case V1 -> UNKNOWN.clone();
            case V2 -> LOCAL.clone();
        };
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        say(context);
        context.flush();
        context.fireChannelActive();
        var _ = context.pipeline().remove(this);
    }

    /** Who waits for the connection may be told of it first, and write at once. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        say(context);
        var _ = context.write(message, promise);
    }

    private void say(ChannelHandlerContext context) {
        if (!said) {
            said = true;
            var _ = context.write(Unpooled.wrappedBuffer(bytes));
        }
    }
}
