package io.weir.frontend;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.weir.frontend.RefusedClients.Why;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Stands where a peer that is believed may say whom it speaks for: takes what {@link ProxyHeaderDecoder} has read and makes room for the
 * listener's own handlers, or closes the connection. How long it takes is bounded by the time for the first request's head.
 */
final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {
    /** Told to who comes next: it is known from now on whom the connection is for. */
    static final Object LET_IN = new Object();

    private final Entrance entrance;
    private final @Nullable ChannelHandler next;
    /** Whether the connection is being closed: nothing that comes counts any more. */
    private boolean over;

    /** @param next what takes its place, or null */
    ProxyHeaderHandler(Entrance entrance, @Nullable ChannelHandler next) {
        this.entrance = entrance;
        this.next = next;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (over || !context.channel().isActive()) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HAProxyMessage header) {
            believe(context, header);
        } else if (entrance.headerRequired()) {
            ReferenceCountUtil.release(message);
            refuse(context, Why.NO_HEADER);
        } else if (letIn(context)) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void believe(ChannelHandlerContext context, HAProxyMessage header) {
        try {
            if (saysWho(header)) {
                Ends said = new Ends(
                        address(header.sourceAddress(), header.sourcePort()), address(header.destinationAddress(), header.destinationPort()));
                said.putOn(context.channel());
            }
            letIn(context);
        } catch (UnknownHostException _) {
            refuse(context, Why.BAD_HEADER);
        } finally {
            header.release();
        }
    }

    /** Else the peer speaks for itself. */
    private static boolean saysWho(HAProxyMessage header) {
        HAProxyProxiedProtocol protocol = header.proxiedProtocol();
        return header.command() == HAProxyCommand.PROXY && (protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6);
    }

    private static InetSocketAddress address(String ip, int port) throws UnknownHostException {
        byte[] bytes = ip.indexOf('%') < 0 ? NetUtil.createByteArrayFromIpAddressString(ip) : null; // a zone would be one of another machine
        if (bytes == null) {
            throw new UnknownHostException(ip);
        }
        return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    }

    private boolean letIn(ChannelHandlerContext context) {
        if (!entrance.allows(Ends.clientOf(context.channel()))) {
            refuse(context, Why.NOT_ALLOWED);
            return false;
        }
        if (next == null) {
            context.fireUserEventTriggered(LET_IN);
            var _ = context.pipeline().remove(this);
        } else {
            var _ = context.pipeline().replace(this, null, next);
        }
        return true;
    }

    private void refuse(ChannelHandlerContext context, Why why) {
        over = true;
        entrance.refused().count(why);
        var _ = context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (!(cause instanceof DecoderException)) {
            super.exceptionCaught(context, cause);
        } else if (!over) {
            refuse(context, Why.BAD_HEADER);
        }
    }
}
