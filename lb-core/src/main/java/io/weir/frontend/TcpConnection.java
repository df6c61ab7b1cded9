package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.exchange.Exchange;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Reason;
import io.weir.http.HeadLines;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.tls.ServerNamePeek;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
final class TcpConnection extends ClientChannel {
    private enum State {
        HELLO,
        TUNNEL,
        LINGER,
        CLOSED
    }

    /** More than any client's ClientHello: one with post-quantum keys has some 2 kB. */
    private static final int LONGEST_HELLO = 16 * 1024;

    private static final byte[] NOWHERE = {};

    private final ServerNamePeek peek = new ServerNamePeek();
    private State state = State.HELLO;
    /** What has come while it is not known where to. */
    private @Nullable ByteBuf hello;

    TcpConnection(FrontendLoop loop, ListenerRules rules) {
        super(loop, rules);
    }

    // ---- the connection

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        super.handlerAdded(context);
        writer().beginBytes();
        beginTunnel();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.add(this);
        long now = loop.loop().clock().refresh();
        String host = Objects.requireNonNull(rules.tcp()).host();
        if (!opened()) {
            refuse(Reason.OVERLOADED);
        } else if (host == null || context.pipeline().get(ProxyHeaderHandler.class) != null) {
            await(now + timeouts.head());
        } else {
            start(host);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.loop().clock().refresh();
        State before = state;
        state = State.CLOSED;
        loop.remove(this);
        releaseHello();
        closed(before != State.HELLO);
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
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            tunnel().inputShut();
        }
    }

    @Override
    void inputEnded() {
        if (state == State.HELLO) {
            refuseHello(Reason.NOT_TLS);
        } else if (exchange != null) {
            exchange.requestEnded(null);
        }
    }

    @Override
    void timeIsUp(long now) {
        switch (state) {
            case HELLO -> refuseHello(Reason.REQUEST_TIMEOUT);
            case LINGER -> {
                if (stillTakes(1)) {
                    await(now + timeouts.idle());
                } else {
                    cut();
                }
            }
            case TUNNEL, CLOSED -> {} // the exchange's to bound
        }
    }

    // ---- where to

    private void start(String host) {
        Exchange leading = begun();
        state = State.TUNNEL;
        awaitNothing();
        boolean byServerName = Objects.requireNonNull(rules.tcp()).host() == null;
        leading.startTunnel(this, host.getBytes(StandardCharsets.US_ASCII), byServerName);
    }

    /** Who has said nothing is closed without a word in any log. */
    private void refuseHello(Reason why) {
        if (exchange == null) {
            state = State.CLOSED;
            breakOff();
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
        setReading(more);
    }

    // ---- to the client

    @Override
    public void end(byte @Nullable [] trailers) {
        tunnel().endOutput();
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
            breakOff();
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
            var _ = tunnel().settled();
        }
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
            cut();
        }
    }
}
