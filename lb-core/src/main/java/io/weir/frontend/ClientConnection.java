package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weir.exchange.ClientSide;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Exchange;
import io.weir.exchange.Peer;
import io.weir.exchange.Reason;
import io.weir.exchange.SecurePort;
import io.weir.http.BadMessage;
import io.weir.http.BodyReader;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.MessageWriter;
import io.weir.http.MessageWriter.BodyFraming;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.WebSocketHandshake;
import io.weir.loop.Deadline;
import io.weir.loop.TransportKind;
import io.weir.tls.ClientTls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection of a client: requests one after the other, each an {@link Exchange}.
 *
 * <pre>
 *   state    event                              next
 *   IDLE     a byte                             HEAD
 *   IDLE     time, drain                        CLOSED
 *   HEAD     head with body                     BODY
 *   HEAD     head without body                  ANSWER
 *   HEAD     bad head, time                     LINGER (4xx, 5xx)
 *   BODY     end of the body                    ANSWER
 *   BODY     bad body, time                     LINGER (400, 408)
 *   BODY     answered early                     LINGER
 *   ANSWER   the worker grants an upgrade       UPGRADED
 *   ANSWER   answered, connection stays         IDLE
 *   ANSWER   answered, connection ends          CLOSED (once everything is written)
 *   UPGRADED both directions over, drain        LINGER (closed once everything is written)
 *   LINGER   FIN, time                          CLOSED
 *   any      FIN (but UPGRADED), RST            CLOSED (client_gone)
 * </pre>
 *
 * LINGER: our side is closed and what the client still sends is thrown away for a moment, since closing at once would reset the
 * connection and the client might never see the answer (RFC 9112, 9.6). An exchange has settled when its last byte was handed to the
 * channel; the client may take the rest in its own time, in IDLE and LINGER too.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements ClientSide {
    private enum State {
        IDLE(true),
        HEAD(true),
        BODY(true),
        ANSWER(false),
        UPGRADED(true),
        LINGER(false),
        CLOSED(false);

        /** Whether bytes that come belong to the current request. */
        private final boolean reads;

        State(boolean reads) {
            this.reads = reads;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** Bytes of further requests that are read ahead while one is being answered, so that a FIN behind them is seen. */
    private static final int READ_AHEAD = 8 * 1024;

    /** How long a client may say nothing before it is taken to be done, once everything is written. */
    private static final long LINGER_PAUSE = TimeUnit.SECONDS.toNanos(2);
    /** How long it may go on sending what nobody wants. */
    private static final long LINGER_MOST = TimeUnit.SECONDS.toNanos(30);

    private static final long NOTHING = -1;

    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");

    private final FrontendLoop loop;
    private final ListenerRules rules;
    private final ClientTimeouts timeouts;
    private final BodyReader body = new BodyReader();

    private final Deadline patience = new Deadline() {
        @Override
        protected void expired(long now) {
            timeIsUp(now);
        }
    };

    @Nullable ClientConnection next;
    @Nullable ClientConnection previous;

    private State state = State.IDLE;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable MessageWriter writer;
    private @Nullable Exchange exchange;
    /** What looks at the first bytes, until it is known that they are not HTTP/2's. */
    private @Nullable Http2Preface preface = new Http2Preface();
    /** Bytes read ahead, of the requests to come. */
    private @Nullable ByteBuf ahead;

    private @Nullable Peer peer;
    /** From the moment that its handshake begins. */
    private @Nullable ClientTls tls;
    /** Whether its engine has no more to say: what comes from the client is thrown away as it is. */
    private boolean engineDone;
    /** Whether the connection ends behind the current answer. */
    private boolean closing;
    /** Whether the answer under way ends by closing the connection, so that only a reset shows that it was cut. */
    private boolean endsByClose;
    /** Whether it was the client who said that this request is its last. */
    private boolean lastRequest;
    /** Whether the connection closes by itself once everything is written. */
    private boolean closeFollows;
    /** Whether small writes go out at once. Set when there may be more than one: a connection for one request is spared the system call. */
    private boolean noDelay;
    /** Whether bytes are being looked at further up the stack. */
    private boolean reading;
    /** Whether the exchange wants no more of the request for now. */
    private boolean paused;

    /** Whether the client keeps its body back until it is told to go on, and none of it has come. */
    private boolean waitsForContinue;
    /** Once everything is written, until when what still comes is thrown away, on the loop's clock in ns; before, it is not bounded. */
    private long lingersUntil = Long.MAX_VALUE;
    /** Bytes that the client had still to take when its time was last up, or -1. */
    private long untaken = NOTHING;
    /** Whether it was the same at the time before. */
    private boolean grace;
    /** Whether the current request asks for an upgrade: what comes before it is granted may be of another protocol. */
    private boolean upgradeAsked;
    /** Whether the client has ended what it sends, while UPGRADED. */
    private boolean inputEnded;
    /** Whether it was told that nothing more comes, while UPGRADED. */
    private boolean outputEnded;

    /** Whether it counts against the limit of connections. */
    private boolean counted;

    ClientConnection(FrontendLoop loop, ListenerRules rules) {
        this.loop = loop;
        this.rules = rules;
        this.timeouts = rules.timeouts();
        this.noDelay = rules.tls() != null; // its listener says so: a handshake is several small writes
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- the connection

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer = new MessageWriter(context);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.add(this);
        long now = loop.loop().clock().refresh();
        counted = loop.limit().opened();
        if (counted) {
            await(now + timeouts.head()); // for a handshake too
        } else if (rules.tls() != null) {
            state = State.CLOSED; // an answer would cost a handshake
            rules.tls().refused();
            var _ = context.pipeline().removeFirst(); // which would count its end too
            var _ = context.close();
        } else {
            Exchange refused = loop.exchanges().take();
            exchange = refused;
            closing = lastRequest = true;
            state = State.ANSWER; // and closed behind it, without waiting for anything
            refused.startRefused(this, Reason.OVERLOADED, null);
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
        if (preface != null) {
            preface.release();
        }
        ByteBuf unread = ahead;
        if (unread != null) {
            ahead = null;
            unread.release();
        }
        Exchange open = exchange;
        if (open != null) {
            exchange = null;
            if (before == State.HEAD) {
                loop.exchanges().giveBack(open);
            } else {
                open.clientGone();
            }
        }
    }

    /** How the client's TLS stands: where it begins, whether its handshake succeeded; and that the client will send nothing more. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case ClientTls begins -> tls = begins;
            case SslHandshakeCompletionEvent over -> {
                if (rules.tls() != null) {
                    rules.tls().ended(over);
                }
            }
            case SslCloseCompletionEvent end -> {
                if (end.isSuccess()) { // else it broke, which is told in another way
                    tlsEnded();
                }
            }
            case ChannelInputShutdownEvent _ -> {
                boolean noEnd = tls != null || (!outputEnded && TransportKind.wasReset(context.channel())); // in TLS, whoever is between could say so
                if (state == State.UPGRADED && !inputEnded && noEnd) {
                    var _ = transport().close();
                } else {
                    inputEnds();
                }
            }
            default -> {}
        }
    }

    /** The client's last word in TLS ends both directions, for OpenSSL's engine. Behind our own, it tells of one at any bytes. */
    private void tlsEnded() {
        if (engineDone) {
            return;
        }
        if (state == State.UPGRADED) {
            inputEnds(); // the worker gets the rest
        }
        if (ctx().channel().isActive()) {
            var _ = transport().close();
        }
    }

    /** Where bytes are as they are sent: what is closed there is closed without a word of TLS, so that nothing looks whole that is not. */
    private ChannelHandlerContext transport() {
        ChannelHandlerContext engine = tls == null ? null : ctx().pipeline().context(tls.handler());
        return engine == null ? ctx() : engine;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean inHello = rules.tls() != null && tls == null;
        boolean ofTls = cause instanceof DecoderException && (inHello || cause.getCause() instanceof SSLException);
        if (!(cause instanceof IOException) && !ofTls) {
            LOG.error("a client's connection failed", cause);
        }
        var _ = context.close(); // a reset, or a write that failed: the client is gone
    }

    private void await(long until) {
        loop.loop().wheel().set(patience, until);
    }

    private void timeIsUp(long now) {
        Exchange open = exchange;
        switch (state) {
            case IDLE, LINGER -> {
                if (stillTakes()) {
                    waitForTheRest(now);
                } else {
                    cut();
                }
            }
            case HEAD -> {
                closing = true;
                Objects.requireNonNull(open).startRefused(this, Reason.REQUEST_TIMEOUT, null);
            }
            case BODY -> {
                if (!paused) { // else we are the ones who keep it waiting
                    Objects.requireNonNull(open).requestFailed(Reason.REQUEST_TIMEOUT, null);
                }
            }
            case ANSWER, UPGRADED, CLOSED -> {}
        }
    }

    /**
     * Whether there is something of an answer that the client has not taken, and it is not known to have stopped. Only one that was seen to
     * take nothing twice counts as stopped: the kernel tells that a slow one goes on when a third of its buffer, which may be megabytes, is
     * free.
     */
    private boolean stillTakes() {
        long left = unwritten();
        if (left == 0 || (left == untaken && grace)) {
            return false;
        }
        grace = left == untaken;
        untaken = left;
        return true;
    }

    /** Bytes that the kernel has not taken yet. */
    private long unwritten() {
        ChannelOutboundBuffer out = ctx().channel().unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    private void waitForTheRest(long now) {
        if (state == State.IDLE && closing) {
            finish();
        } else {
            await(now + timeouts.idle());
        }
    }

    /** Closes the connection. Where closing would look like the end of a body that is not whole, it is reset. */
    private void cut() {
        if (state == State.CLOSED) {
            return;
        }
        boolean whole = unwritten() == 0;
        if (endsByClose && !whole && ctx().channel().isActive()) {
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var _ = (whole ? ctx() : transport()).close(); // channelInactive does the rest
    }

    // ---- the request

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        loop.loop().clock().refresh();
        ByteBuf in = (ByteBuf) message;
        if (preface != null) {
            in = preface.read(in, context);
            if (in == null) {
                return;
            }
            preface = null;
            if (state == State.IDLE && Http2Preface.isWhole(in)) {
                goOnByHttp2(in);
                return;
            }
        }
        read(in);
    }

    /** The client speaks HTTP/2: another handler takes this one's place, with what was read. */
    private void goOnByHttp2(ByteBuf in) {
        Http2ClientConnection http2 = Http2ClientConnection.create(loop, rules, tls == null ? null : tls.facts());
        loop.loop().wheel().remove(patience);
        loop.remove(this);
        state = State.CLOSED;
        ctx().pipeline().replace(this, null, http2);
        http2.takeOver(in);
    }

    private void read(ByteBuf in) {
        reading = true;
        boolean given = false;
        boolean whole = false;
        try {
            while (!given && in.isReadable() && state.reads && mayBegin()) {
                if (state == State.UPGRADED) {
                    given = true;
                    Objects.requireNonNull(exchange).requestBody(in);
                } else if (state == State.BODY) {
                    given = readBody(in);
                } else {
                    readHead(in);
                }
            }
            whole = true;
        } finally {
            reading = false;
            if (!given && whole) {
                keepOrRelease(in);
            } else if (!given) {
                in.release();
            }
        }
    }

    /** No new request while the client does not take the answers to the earlier ones. */
    private boolean mayBegin() {
        return state != State.IDLE || ctx().channel().isWritable();
    }

    private void readHead(ByteBuf in) {
        Exchange reader = exchange;
        if (reader == null) {
            reader = loop.exchanges().take();
            exchange = reader;
            state = State.HEAD;
            await(loop.loop().clock().now() + timeouts.head());
        }
        RequestHead head = reader.requestHead();
        Progress progress = loop.parser().read(in, head);
        if (progress == Progress.END) {
            lastRequest = !head.keepsAlive();
            closing = lastRequest || loop.draining();
            upgradeAsked = head.asksWebSocket();
            if (head.hasBody()) {
                state = State.BODY;
                if (head.chunked()) {
                    body.chunked();
                } else {
                    body.length(head.contentLength());
                }
                waitsForContinue = head.expectsContinue();
                if (waitsForContinue) {
                    patience.clear(); // how long the worker may take to say so is the exchange's to bound
                } else {
                    await(loop.loop().clock().now() + timeouts.body());
                }
            } else {
                state = State.ANSWER;
                patience.clear();
            }
            reader.start(this);
        } else if (progress == Progress.BAD) {
            closing = true;
            reader.startRefused(this, Reason.of(Objects.requireNonNull(head.fault())), head.fault());
        }
    }

    /** Whether {@code in} was given on. */
    private boolean readBody(ByteBuf in) {
        Exchange to = Objects.requireNonNull(exchange);
        waitsForContinue = false;
        ByteBuf piece = body.read(in);
        boolean given = body.gaveWhole();
        if (piece != null) {
            to.requestBody(piece);
            if (state != State.BODY) {
                return given; // answered already
            }
        }
        if (body.fault() != null) {
            to.requestFailed(Reason.of(body.fault()), body.fault());
        } else if (body.ended()) {
            state = State.ANSWER;
            patience.clear();
            byte[] trailers = body.trailers();
            demand(true);
            to.requestEnded(trailers);
        } else {
            await(loop.loop().clock().now() + timeouts.body());
        }
        return given;
    }

    private void keepOrRelease(ByteBuf in) {
        if (state == State.LINGER && lingersUntil != Long.MAX_VALUE) {
            await(Math.min(lingersUntil, loop.loop().clock().now() + LINGER_PAUSE));
        }
        if ((state != State.ANSWER && state != State.IDLE) || !in.isReadable()) {
            in.release();
            return;
        }
        ByteBuf before = ahead;
        if (before == null) {
            ahead = in;
        } else {
            ahead = ctx().alloc().buffer(before.readableBytes() + in.readableBytes()).writeBytes(before).writeBytes(in);
            before.release();
            in.release();
        }
        updateReading();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (state == State.BODY || state == State.UPGRADED) {
            Objects.requireNonNull(exchange).requestPaused();
        }
    }

    /** The client sends nothing more on an upgraded connection, and may go on to listen. */
    private void inputEnds() {
        if (state == State.UPGRADED && !inputEnded) {
            loop.loop().clock().refresh();
            inputEnded = true;
            Objects.requireNonNull(exchange).requestEnded(null);
        }
    }

    @Override
    public void demand(boolean more) {
        if (paused && more && state == State.BODY && !waitsForContinue) {
            await(loop.loop().clock().now() + timeouts.body());
        }
        paused = !more;
        updateReading();
    }

    private void updateReading() {
        boolean wanted = !paused && (ahead == null || ahead.readableBytes() < READ_AHEAD);
        Channel channel = ctx().channel();
        if (!inputEnded && channel.config().isAutoRead() != wanted) { // epoll may have forgotten a socket that has nothing more to be read
            channel.config().setAutoRead(wanted);
        }
    }

    // ---- the response

    @Override
    public void head(RequestHead request, ResponseHead head, HeadLines lines) {
        if (head.switchesProtocol()) {
            upgrade(head, lines);
            return;
        }
        closing |= upgradeAsked && ahead != null; // bytes that may be of another protocol are no request
        boolean http10 = request.isHttp10();
        BodyFraming framing = BodyFraming.PLAIN;
        endsByClose = false;
        if (request.method() == RequestHead.Method.HEAD || head.neverHasBody()) {
            framing = BodyFraming.NONE;
        } else if (head.contentLength() < 0) {
            framing = http10 ? BodyFraming.PLAIN : BodyFraming.CHUNKED;
            endsByClose = http10;
            closing |= http10;
        }
        // An answer whose end is known, before the request's: the client had better stop, and begin anew elsewhere.
        closing |= state == State.BODY && (framing == BodyFraming.NONE || head.contentLength() >= 0);
        HeadWriter out = loop.headWriter().begin();
        head.writeTo(out);
        lines.writeTo(out);
        if (!head.hasDate()) {
            loop.dateLine().writeTo(out);
        }
        AnswerLines.addHsts(rules.hsts(), head, out);
        if (framing == BodyFraming.CHUNKED) {
            out.literal(CHUNKED);
        }
        connectionField(out, http10);
        out.endOfLine();
        if (!closing) {
            sendAtOnce();
        }
        writer().begin(out, framing, framing == BodyFraming.PLAIN ? head.contentLength() : 0);
    }

    private void upgrade(ResponseHead head, HeadLines lines) {
        HeadWriter out = loop.headWriter().begin();
        head.writeTo(out);
        out.literal(WebSocketHandshake.UPGRADE_LINES);
        lines.writeTo(out);
        out.endOfLine();
        sendAtOnce();
        writer().begin(out, BodyFraming.PLAIN, 0);
        ctx().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        endsByClose = true;
        state = State.UPGRADED;
        ByteBuf early = ahead;
        if (early != null) {
            ahead = null;
            updateReading();
            Exchange to = Objects.requireNonNull(exchange);
            to.requestBody(early);
            if (exchange == to) {
                to.requestPaused();
            }
        }
    }

    private void sendAtOnce() {
        if (!noDelay && ctx().channel().isActive()) {
            noDelay = true;
            ctx().channel().config().setOption(ChannelOption.TCP_NODELAY, true);
        }
    }

    private void connectionField(HeadWriter out, boolean http10) {
        if (closing || loop.draining()) {
            closing = true;
            out.literal(CLOSE);
        } else if (http10) {
            out.literal(KEEP_ALIVE);
        }
    }

    @Override
    public void interim(ResponseHead head) {
        HeadWriter out = loop.headWriter().begin();
        head.writeTo(out);
        out.endOfLine();
        writer().begin(out, BodyFraming.NONE, 0);
        flush();
        if (waitsForContinue && head.status() == 100) {
            waitsForContinue = false;
            await(loop.loop().clock().now() + timeouts.body());
        }
    }

    @Override
    public void body(ByteBuf data) {
        writer().body(data);
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        if (state == State.UPGRADED && !inputEnded && tls != null) {
            Objects.requireNonNull(exchange).requestEnded(null); // OpenSSL's engine doesn't read behind its own end: the one ends the other
        } else if (state == State.UPGRADED && !inputEnded) {
            outputEnded = true;
            writer().endOutput(this::endOutput);
        } else if (state == State.UPGRADED || (lastRequest && state == State.ANSWER && ahead == null)) {
            closeFollows = true;
            exchange = null; // it is over, so that closing does not mean that its client is gone
            writer().endAndClose(trailers);
        } else {
            writer().end(trailers);
        }
    }

    @Override
    public void flush() {
        sendAtOnce();
        writer().flush();
    }

    @Override
    public boolean isWritable() {
        return ctx().channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        loop.loop().clock().refresh();
        if (exchange != null && (state == State.ANSWER || state == State.BODY || state == State.UPGRADED)) {
            exchange.clientWritable(context.channel().isWritable());
        } else if (state == State.IDLE) {
            goOn();
        }
    }

    @Override
    public void answer(RequestHead request, OwnAnswer answer) {
        closing |= state != State.ANSWER;
        endsByClose = false;
        ByteBuf content = answer.content();
        int length = content.readableBytes();
        HeadWriter out = loop.headWriter().begin();
        out.text("HTTP/1.1 " + answer.status() + " " + OwnAnswer.phrase(answer.status())).endOfLine();
        AnswerLines.write(answer, length, loop.dateLine(), rules.hsts(), out);
        if (answer.status() == 426 && request.fault() == BadMessage.UNKNOWN_WEBSOCKET_VERSION) {
            out.literal(WebSocketHandshake.UPGRADE_LINES).text("Sec-WebSocket-Version: 13\r\n");
        }
        connectionField(out, request.isHttp10() && !request.isEmpty());
        out.endOfLine();
        if (!closing) {
            sendAtOnce();
        }
        writer().begin(out, BodyFraming.PLAIN, length);
        if (request.method() != RequestHead.Method.HEAD) {
            writer().body(content);
        } else {
            content.release();
        }
        end(null);
    }

    @Override
    public void abort() {
        if (state == State.CLOSED) {
            return;
        }
        if (endsByClose && ctx().channel().isActive()) {
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0); // closing would look like the end of the body
        } else {
            writer().flush();
        }
        exchange = null;
        patience.clear();
        var _ = transport().close();
        state = State.CLOSED;
    }

    @Override
    public void settled() {
        exchange = null;
        waitsForContinue = false;
        untaken = NOTHING;
        if (!ctx().channel().isActive()) {
            state = State.CLOSED; // channelInactive is on its way
        }
        if (state == State.CLOSED) {
            return;
        }
        closing |= upgradeAsked && ahead != null;
        upgradeAsked = false;
        if (state == State.UPGRADED && tls != null && !inputEnded) {
            ctx().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            finish();
        } else if (state == State.UPGRADED) {
            closeBehind();
        } else if (state == State.ANSWER && !closing) {
            state = State.IDLE;
            await(loop.loop().clock().now() + timeouts.idle());
            demand(true); // whatever made it wait is over too
            goOn();
        } else {
            finish();
        }
    }

    /** To the next request, if some of it was read ahead. */
    private void goOn() {
        ByteBuf unread = ahead;
        if (unread != null && !reading && mayBegin()) {
            ahead = null;
            updateReading();
            read(unread);
            if (state == State.BODY && exchange != null) {
                exchange.requestPaused();
            }
        }
    }

    /** Closes an upgraded connection once everything is written. */
    private void closeBehind() {
        state = State.LINGER;
        await(loop.loop().clock().now() + timeouts.idle());
        demand(true);
        if (!closeFollows) {
            closeFollows = true;
            writer().endAndClose(null);
        }
    }

    /** Ends the connection behind what was written. */
    private void finish() {
        boolean clientMaySend = !lastRequest || state != State.ANSWER || ahead != null;
        if (ahead != null) {
            ahead.release();
            ahead = null;
        }
        state = State.LINGER;
        await(loop.loop().clock().now() + timeouts.idle()); // for what is still to be written
        if (clientMaySend) {
            demand(true);
            var _ = ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
                if (written.isSuccess() && written.channel() instanceof DuplexChannel duplex) {
                    endOutput(duplex);
                    long now = loop.loop().clock().now();
                    lingersUntil = now + LINGER_MOST;
                    await(now + LINGER_PAUSE);
                }
            });
        } else if (!closeFollows) {
            var _ = ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /**
     * Says that nothing more comes. In TLS its own end goes first: without it the end of an answer could not be told from a cut. And what still
     * comes isn't decrypted any more: OpenSSL's engine, asked to end while it reads, would take the next bytes for the end of the connection.
     */
    private void endOutput(DuplexChannel duplex) {
        if (tls == null) {
            var _ = duplex.shutdownOutput();
            return;
        }
        engineDone = true;
        SslHandler engine = tls.handler();
        var _ = engine.closeOutbound().addListener(_ -> {
            var _ = duplex.shutdownOutput();
            if (ctx().pipeline().context(engine) != null) {
                var _ = ctx().pipeline().remove(engine);
            }
        });
    }

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
    public @Nullable SecurePort securePort() {
        return rules.securePort();
    }

    @Override
    public @Nullable String onlyRegion() {
        return rules.onlyRegion();
    }

    // ---- drain

    void drain(long grace) {
        closing = true;
        if (state == State.IDLE) {
            await(loop.loop().clock().now() + grace);
        }
    }

    void endDrain() {
        if (exchange != null && (state == State.ANSWER || state == State.BODY || state == State.UPGRADED)) {
            exchange.drained();
        } else {
            cut();
        }
    }

    private ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    private MessageWriter writer() {
        return Objects.requireNonNull(writer);
    }
}
