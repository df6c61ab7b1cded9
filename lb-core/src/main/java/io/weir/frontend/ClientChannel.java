package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weir.exchange.ClientSide;
import io.weir.exchange.Exchange;
import io.weir.exchange.Peer;
import io.weir.http.MessageWriter;
import io.weir.loop.Deadline;
import io.weir.tls.ClientTls;
import java.io.IOException;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What a client's connection has that serves one exchange at a time, whether in HTTP/1.1 or as bytes alone: its channel and the writer to it,
 * its place in the limit of connections, its one deadline, its exchange, and the ways to close it. The protocol is its subclass's.
 */
abstract class ClientChannel extends ChannelInboundHandlerAdapter implements ClientSide {
    final FrontendLoop loop;
    final ListenerRules rules;
    final ClientTimeouts timeouts;

    private final Deadline patience = new Deadline() {
        @Override
        protected void expired(long now) {
            timeIsUp(now);
        }
    };

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable MessageWriter writer;
    @Nullable Exchange exchange;
    private @Nullable Peer peer;
    /** From the moment that its handshake begins. */
    @Nullable ClientTls tls;
    /** Where it carries bytes alone. */
    private @Nullable ClientTunnel tunnel;
    /** Whether what is under way ends by closing the connection, so that only a reset shows that it was cut. */
    boolean endsByClose;
    /** Whether the connection closes by itself once everything is written. */
    private boolean closeFollows;
    /** Whether it counts against the limit of connections. */
    private boolean counted;
    /** From the first time that time was up while the client had something to take. */
    private @Nullable UntakenBytes untaken;

    ClientChannel(FrontendLoop loop, ListenerRules rules) {
        this.loop = loop;
        this.rules = rules;
        this.timeouts = rules.timeouts();
    }

    final ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    final MessageWriter writer() {
        return Objects.requireNonNull(writer);
    }

    // ---- from its beginning to its end

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer = new MessageWriter(context);
    }

    /** The channel is open. Returns whether the limit has a place for it. */
    final boolean opened() {
        counted = loop.limit().opened();
        return counted;
    }

    /** How its TLS stands: where it begins, and whether its handshake succeeded. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ClientTls begins) {
            tls = begins;
        } else if (event instanceof SslHandshakeCompletionEvent over && rules.tls() != null) {
            rules.tls().ended(over);
        }
    }

    /** The channel is closed. {@code begun}: whether its exchange, if it has one, was started. */
    final void closed(boolean begun) {
        leaveWheel();
        if (counted) {
            loop.limit().closed();
        }
        writer().discard();
        Exchange open = exchange;
        if (open != null) {
            exchange = null;
            if (begun) {
                open.clientGone();
            } else {
                loop.exchanges().giveBack(open);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean inHello = rules.tls() != null && tls == null;
        boolean ofTls = cause instanceof DecoderException && (inHello || cause.getCause() instanceof SSLException);
        if (!(cause instanceof IOException) && !ofTls) {
            LoggerFactory.getLogger(getClass()).error("a client's connection failed", cause);
        }
        var _ = context.close(); // a reset, or a write that failed: the client is gone
    }

    /** What is under way there, if anything is. */
    final @Nullable Exchange underWay() {
        Exchange now = exchange;
        return now == null || now.phase() == Exchange.Phase.ADMIT ? null : now;
    }

    // ---- its deadline

    /** What was waited for has not come in time. */
    abstract void timeIsUp(long now);

    final void await(long until) {
        loop.loop().wheel().set(patience, until);
    }

    final void awaitNothing() {
        patience.clear();
    }

    /** The same, for good. */
    final void leaveWheel() {
        loop.loop().wheel().remove(patience);
    }

    // ---- to and from the client

    @Override
    public void body(ByteBuf data) {
        writer().body(data);
    }

    @Override
    public void flush() {
        writer().flush();
    }

    @Override
    public boolean isWritable() {
        return ctx().channel().isWritable();
    }

    /** Reads on or not; an input that has ended isn't asked: epoll may have forgotten a socket that has nothing more to be read. */
    final void setReading(boolean wanted) {
        Channel channel = ctx().channel();
        if ((tunnel == null || !tunnel.inputEnded()) && channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    /** From now on it carries bytes alone. */
    final void beginTunnel() {
        tunnel = ClientTunnel.begin(this);
    }

    final ClientTunnel tunnel() {
        return Objects.requireNonNull(tunnel);
    }

    /** The client sends nothing more into the tunnel. */
    abstract void inputEnded();

    @Override
    public Peer peer() {
        Peer other = peer;
        if (other == null) {
            other = loop.peers().of(Ends.clientOf(ctx().channel()), Ends.hereOf(ctx().channel()), tls == null ? null : tls.facts());
            peer = other;
        }
        return other;
    }

    @Override
    public @Nullable String onlyRegion() {
        return rules.onlyRegion();
    }

    // ---- what it has still to take

    /** Bytes that the kernel has not taken yet. */
    private long unwritten() {
        ChannelOutboundBuffer out = ctx().channel().unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    /**
     * Called when its time is up: whether there is something that the client has not taken, and it is not known to have stopped, which is
     * so once it was seen to take nothing {@code times} times.
     */
    final boolean stillTakes(int times) {
        long left = unwritten();
        if (left == 0) {
            return false;
        }
        if (untaken == null) {
            untaken = new UntakenBytes();
        }
        return untaken.becomeLess(left, times);
    }

    /** Another answer has been written: what was seen of the client before says nothing of it. */
    final void watchAnew() {
        untaken = null;
    }

    // ---- ways to close it

    /** Where bytes are as they are sent: what is closed there is closed without a word of TLS, so that nothing looks whole that is not. */
    final ChannelHandlerContext transport() {
        ChannelHandlerContext engine = tls == null ? null : ctx().pipeline().context(tls.handler());
        return engine == null ? ctx() : engine;
    }

    /** Closes the connection now. Where closing would look like the end of a body that is not whole, it is reset. */
    final void cut() {
        boolean whole = unwritten() == 0;
        if (!whole && endsByClose) {
            resetByClose();
        }
        var _ = (whole ? ctx() : transport()).close(); // channelInactive does the rest
    }

    /** Closes the connection amid what it carries, so that the client can't take that for whole. */
    final void breakOff() {
        if (!endsByClose || !resetByClose()) {
            writer().flush();
        }
        exchange = null;
        awaitNothing();
        var _ = transport().close();
    }

    /** Returns whether the channel is there to be reset. */
    private boolean resetByClose() {
        boolean active = ctx().channel().isActive();
        if (active) {
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        return active;
    }

    /** Closes the connection once everything is written; {@code trailers} end what is being written, if that is chunked. */
    final void closeBehind(byte @Nullable [] trailers) {
        if (!closeFollows) {
            closeFollows = true;
            exchange = null; // it is over, so that closing does not mean that its client is gone
            writer().endAndClose(trailers);
        }
    }
}
