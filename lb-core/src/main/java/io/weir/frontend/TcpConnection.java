package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.exchange.ClientSide;
import io.weir.exchange.Exchange;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Peer;
import io.weir.exchange.Reason;
import io.weir.http.HeadLines;
import io.weir.http.MessageWriter;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.loop.Deadline;
import io.weir.loop.TransportKind;
import io.weir.tls.ServerNamePeek;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection whose bytes are nobody's business here: one {@link Exchange}, which is a tunnel to a worker.
 *
 * <pre>
 *   state    event                                        next
 *   (open)   all connections lead to one host             TUNNEL
 *   (open)   each leads where its TLS asks to             HELLO
 *   HELLO    server name                                  TUNNEL
 *   HELLO    none, something else, too much, time         CLOSED (RST)
 *   TUNNEL   there is no worker, the worker breaks        CLOSED (RST)
 *   TUNNEL   both directions over, silence, drain         LINGER
 *   LINGER   everything is written, time                  CLOSED
 *   any      RST                                          CLOSED (client_gone)
 * </pre>
 *
 * Whoever can't be served is reset, since there is no answer of ours that it would understand, and a FIN could be taken for one of a worker's.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter implements ClientSide {
    private enum State {
        HELLO,
        TUNNEL,
        LINGER,
        CLOSED
    }

    /** More than any client's ClientHello: one with post-quantum keys has some 2 kB. */
    private static final int LONGEST_HELLO = 16 * 1024;

    private static final byte[] NOWHERE = {};
    private static final long NOTHING = -1;
    private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);

    private final FrontendLoop loop;
    private final ListenerRules rules;

    private final Deadline patience = new Deadline() {
        @Override
        protected void expired(long now) {
            timeIsUp(now);
        }
    };

    private State state = State.HELLO;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable MessageWriter writer;
    private @Nullable Exchange exchange;
    private @Nullable Peer peer;
    private final ServerNamePeek peek = new ServerNamePeek();
    /** What has come while it is not known where to. */
    private @Nullable ByteBuf hello;
    /** Whether the client has ended what it sends. */
    private boolean inputEnded;
    /** Whether it was told that nothing more comes. */
    private boolean outputEnded;
    /** Whether the connection closes by itself once everything is written. */
    private boolean closeFollows;
    /** Bytes that the client had still to take when its time was last up, or -1. */
    private long untaken = NOTHING;
    /** Whether it counts against the limit of connections. */
    private boolean counted;

    TcpConnection(FrontendLoop loop, ListenerRules rules) {
        this.loop = loop;
        this.rules = rules;
    }

    // ---- the connection

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        MessageWriter bytes = new MessageWriter(context);
        bytes.beginBytes();
        writer = bytes;
        context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.add(this);
        long now = loop.loop().clock().refresh();
        counted = loop.limit().opened();
        String host = Objects.requireNonNull(rules.tcp()).host();
        if (!counted) {
            refuse(Reason.OVERLOADED);
        } else if (host == null || context.pipeline().get(ProxyHeaderHandler.class) != null) {
            await(now + rules.timeouts().head());
        } else {
            start(host);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.loop().clock().refresh();
        State before = state;
        state = State.CLOSED;
        loop.loop().wheel().remove(patience);
        loop.remove(this);
        if (counted) {
            loop.limit().closed();
        }
        writer().discard();
        releaseHello();
        Exchange open = exchange;
        if (open != null) {
            exchange = null;
            if (before == State.HELLO) {
                loop.exchanges().giveBack(open);
            } else {
                open.clientGone();
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        String host = Objects.requireNonNull(rules.tcp()).host();
        if (ProxyHeaderHandler.LET_IN.equals(event)) {
            if (state == State.HELLO && host != null) {
                loop.loop().clock().refresh();
                start(host);
            }
            return;
        }
        if (event == ChannelInputShutdownEvent.INSTANCE && !inputEnded) {
            loop.loop().clock().refresh();
            if (!outputEnded && TransportKind.wasReset(context.channel())) {
                var _ = context.close();
                return;
            }
            inputEnded = true;
            if (state == State.HELLO) {
                refuseHello(Reason.NOT_TLS);
            } else if (exchange != null) {
                exchange.requestEnded(null);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a client's connection failed", cause);
        }
        var _ = context.close(); // a reset, or a write that failed: the client is gone
    }

    private void await(long until) {
        loop.loop().wheel().set(patience, until);
    }

    private void timeIsUp(long now) {
        switch (state) {
            case HELLO -> refuseHello(Reason.REQUEST_TIMEOUT);
            case LINGER -> {
                long left = unwritten();
                if (left > 0 && left != untaken) {
                    untaken = left;
                    await(now + rules.timeouts().idle());
                } else {
                    close(left > 0);
                }
            }
            case TUNNEL, CLOSED -> {} // the exchange's to bound
        }
    }

    /** Bytes that the kernel has not taken yet. */
    private long unwritten() {
        ChannelOutboundBuffer out = ctx().channel().unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    private void close(boolean reset) {
        if (reset && ctx().channel().isActive()) {
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var _ = ctx().close(); // channelInactive does the rest
    }

    // ---- where to

    private void start(String host) {
        Exchange tunnel = begun();
        state = State.TUNNEL;
        patience.clear();
        boolean byServerName = Objects.requireNonNull(rules.tcp()).host() == null;
        tunnel.startTunnel(this, host.getBytes(StandardCharsets.US_ASCII), byServerName);
    }

    /** Who has said nothing is closed without a word in any log. */
    private void refuseHello(Reason why) {
        if (exchange == null) {
            state = State.CLOSED;
            close(true);
        } else {
            refuse(why);
        }
    }

    private void refuse(Reason why) {
        String name = peek.name();
        Exchange refused = begun();
        state = State.TUNNEL;
        refused.startTunnelRefused(this, name == null ? NOWHERE : name.getBytes(StandardCharsets.US_ASCII), why);
        releaseHello();
    }

    private Exchange begun() {
        Exchange begun = exchange;
        if (begun == null) {
            begun = loop.exchanges().take();
            exchange = begun;
        }
        return begun;
    }

    private void readHello(ByteBuf in) {
        var _ = begun(); // it counts from the first byte on
        ByteBuf all = join(in);
        hello = all;
        switch (peek.read(all)) {
            case MORE -> {
                if (all.readableBytes() >= LONGEST_HELLO) {
                    refuse(Reason.NOT_TLS);
                }
            }
            case NAME -> {
                start(Objects.requireNonNull(peek.name()));
                Exchange to = exchange;
                if (to != null) {
                    hello = null;
                    to.requestBody(all);
                } else {
                    releaseHello();
                }
            }
            case NO_NAME -> refuse(Reason.NO_SERVER_NAME);
            case NOT_TLS -> refuse(Reason.NOT_TLS);
        }
    }

    private ByteBuf join(ByteBuf in) {
        ByteBuf all = hello;
        if (all == null) {
            return in;
        }
        int n = in.readableBytes();
        if (all.maxFastWritableBytes() < n) {
            ByteBuf more = ctx().alloc().buffer(2 * (all.readableBytes() + n)).writeBytes(all);
            all.release();
            all = more;
        }
        all.writeBytes(in);
        in.release();
        return all;
    }

    private void releaseHello() {
        ByteBuf unused = hello;
        if (unused != null) {
            hello = null;
            unused.release();
        }
    }

    // ---- from the client

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        loop.loop().clock().refresh();
        ByteBuf in = (ByteBuf) message;
        if (state == State.HELLO) {
            readHello(in);
        } else if (exchange != null) {
            exchange.requestBody(in);
        } else {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (state == State.TUNNEL && exchange != null) {
            exchange.requestPaused();
        }
    }

    @Override
    public void demand(boolean more) {
        if (!inputEnded && ctx().channel().config().isAutoRead() != more) { // epoll may have forgotten a socket that has nothing more to be read
            ctx().channel().config().setAutoRead(more);
        }
    }

    // ---- to the client

    @Override
    public void body(ByteBuf data) {
        writer().body(data);
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        if (inputEnded) {
            closeFollows = true;
            exchange = null; // it is over, so that closing does not mean that its client is gone
            writer().endAndClose(null);
        } else {
            outputEnded = true;
            writer().endOutput(duplex -> {
                var _ = duplex.shutdownOutput();
            });
        }
    }

    @Override
    public void flush() {
        writer().flush();
    }

    @Override
    public boolean isWritable() {
        return ctx().channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        loop.loop().clock().refresh();
        if (state == State.TUNNEL && exchange != null) {
            exchange.clientWritable(context.channel().isWritable());
        }
    }

    @Override
    public void abort() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            exchange = null;
            patience.clear();
            close(true);
        }
    }

    @Override
    public void head(RequestHead request, ResponseHead head, HeadLines lines) {
        throw new IllegalStateException("a head on a connection without HTTP");
    }

    @Override
    public void interim(ResponseHead head) {
        throw new IllegalStateException("a head on a connection without HTTP");
    }

    @Override
    public void answer(RequestHead request, OwnAnswer answer) {
        throw new IllegalStateException("an answer on a connection without HTTP");
    }

    @Override
    public void settled() {
        exchange = null;
        if (!ctx().channel().isActive()) {
            state = State.CLOSED; // channelInactive is on its way
        }
        if (state != State.CLOSED) {
            state = State.LINGER;
            await(loop.loop().clock().now() + rules.timeouts().idle()); // for what is still to be written
            demand(true); // and thrown away
            if (!closeFollows) {
                closeFollows = true;
                writer().endAndClose(null);
            }
        }
    }

    @Override
    public Peer peer() {
        Peer other = peer;
        if (other == null) {
            other = loop.peers().of(Ends.clientOf(ctx().channel()), Ends.hereOf(ctx().channel()));
            peer = other;
        }
        return other;
    }

    @Override
    public @Nullable String onlyRegion() {
        return rules.onlyRegion();
    }

    // ---- drain

    /** Who has not said where to yet has {@code grace} ns for it; tunnels run on. */
    void drain(long grace) {
        if (state == State.HELLO) {
            await(loop.loop().clock().now() + grace);
        }
    }

    void endDrain() {
        if (state == State.HELLO) {
            refuseHello(Reason.DRAINING);
        } else if (exchange != null) {
            exchange.drained();
        } else {
            close(unwritten() > 0);
        }
    }

    private ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    private MessageWriter writer() {
        return Objects.requireNonNull(writer);
    }
}
