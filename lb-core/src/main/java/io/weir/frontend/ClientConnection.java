package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Exchange;
import io.weir.exchange.Reason;
import io.weir.exchange.SecurePort;
import io.weir.http.BodyReader;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.MessageWriter.BodyFraming;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
 * LINGER: what the client still sends is thrown away, until it is done ({@link Lingering}) or everything is written. UPGRADED: bytes in both
 * directions ({@link ClientTunnel}). An exchange has settled when its last byte was handed to the channel; the client may take the rest in
 * its own time, in IDLE and LINGER too.
 */
final class ClientConnection extends ClientChannel {
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

    /** How often a client that takes nothing of an answer is seen to, each time that its time is up, before it is taken to have stopped. */
    private static final int LOOKS = 2;

    private final BodyReader body = new BodyReader();

    @Nullable ClientConnection next;
    @Nullable ClientConnection previous;

    private State state = State.IDLE;
    /** What looks at the first bytes, until it is known that they are not HTTP/2's. */
    private @Nullable Http2Preface preface = new Http2Preface();
    /** From the first bytes on that came while another request was being answered. */
    private @Nullable ReadAhead ahead;

    /** Whether the connection ends behind the current answer. */
    private boolean closing;
    /** Whether it was the client who said that this request is its last. */
    private boolean lastRequest;
    /** Whether small writes go out at once. Set when there may be more than one: a connection for one request is spared the system call. */
    private boolean noDelay;
    /** Whether bytes are being looked at further up the stack. */
    private boolean reading;
    /** Whether the exchange wants no more of the request for now. */
    private boolean paused;

    /** Whether the client keeps its body back until it is told to go on, and none of it has come. */
    private boolean waitsForContinue;
    /** Whether the current request asks for an upgrade: what comes before it is granted may be of another protocol. */
    private boolean upgradeAsked;
    /** In LINGER, unless the client has said that it sends no more. */
    private @Nullable Lingering lingering;

    ClientConnection(FrontendLoop loop, ListenerRules rules) {
        super(loop, rules);
        noDelay = rules.tls() != null; // its listener says so: a handshake is several small writes
    }

    // ---- the connection

    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.add(this);
        long now = loop.loop().clock().refresh();
        if (opened()) {
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
        loop.remove(this);
        if (preface != null) {
            preface.release();
        }
        releaseAhead();
        closed(before != State.HEAD);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case SslCloseCompletionEvent end when end.isSuccess() -> tlsEnded(); // else it broke, which is told in another way
            case ChannelInputShutdownEvent _ when state == State.UPGRADED -> tunnel().inputShut();
            default -> super.userEventTriggered(context, event);
        }
    }

    /** The client's last word in TLS ends both directions, for OpenSSL's engine. Behind our own, it tells of one at any bytes. */
    private void tlsEnded() {
        if (lingering != null && lingering.engineDone()) {
            return;
        }
        if (state == State.UPGRADED) {
            tunnel().inputEnds(); // the worker gets the rest
        }
        if (ctx().channel().isActive()) {
            var _ = transport().close();
        }
    }

    @Override
    void timeIsUp(long now) {
        switch (state) {
            case IDLE, LINGER -> {
                if (!stillTakes(LOOKS)) {
                    cut();
                } else if (state == State.IDLE && closing) {
                    finish();
                } else {
                    await(now + timeouts.idle());
                }
            }
            case HEAD -> {
                closing = true;
                Objects.requireNonNull(exchange).startRefused(this, Reason.REQUEST_TIMEOUT, null);
            }
            case BODY -> {
                if (!paused) { // else we are the ones who keep it waiting
                    Objects.requireNonNull(exchange).requestFailed(Reason.REQUEST_TIMEOUT, null);
                }
            }
            case ANSWER, UPGRADED, CLOSED -> {}
        }
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
        leaveWheel();
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
                body.request(head);
                waitsForContinue = head.expectsContinue();
                if (waitsForContinue) {
                    awaitNothing(); // how long the worker may take to say so is the exchange's to bound
                } else {
                    await(loop.loop().clock().now() + timeouts.body());
                }
            } else {
                state = State.ANSWER;
                awaitNothing();
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
            awaitNothing();
            byte[] trailers = body.trailers();
            demand(true);
            to.requestEnded(trailers);
        } else {
            await(loop.loop().clock().now() + timeouts.body());
        }
        return given;
    }

    private void keepOrRelease(ByteBuf in) {
        if (state == State.LINGER && lingering != null) {
            lingering.goesOn();
        }
        if ((state != State.ANSWER && state != State.IDLE) || !in.isReadable()) {
            in.release();
            return;
        }
        if (ahead == null) {
            ahead = new ReadAhead();
        }
        ahead.add(in, ctx().alloc());
        updateReading();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (state == State.BODY || state == State.UPGRADED) {
            Objects.requireNonNull(exchange).requestPaused();
        }
    }

    @Override
    void inputEnded() {
        Objects.requireNonNull(exchange).requestEnded(null);
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
        setReading(!paused && (ahead == null || !ahead.isFull()));
    }

    // ---- the response

    @Override
    public void head(RequestHead request, ResponseHead head, HeadLines lines) {
        if (head.switchesProtocol()) {
            upgrade(head, lines);
            return;
        }
        closing |= upgradeAsked && hasMore(); // bytes that may be of another protocol are no request
        BodyFraming framing = Http1Heads.framing(request, head);
        endsByClose = framing == BodyFraming.PLAIN && head.contentLength() < 0;
        closing |= endsByClose || loop.draining();
        // An answer whose end is known, before the request's: the client had better stop, and begin anew elsewhere.
        closing |= state == State.BODY && (framing == BodyFraming.NONE || head.contentLength() >= 0);
        HeadWriter out = loop.http1Heads().response(request, head, lines, framing, rules.hsts(), closing);
        if (!closing) {
            sendAtOnce();
        }
        writer().begin(out, framing, framing == BodyFraming.PLAIN ? head.contentLength() : 0);
    }

    private void upgrade(ResponseHead head, HeadLines lines) {
        sendAtOnce();
        writer().begin(loop.http1Heads().upgrade(head, lines), BodyFraming.PLAIN, 0);
        beginTunnel();
        state = State.UPGRADED;
        ByteBuf early = takeAhead();
        if (early != null) {
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

    @Override
    public void interim(ResponseHead head) {
        writer().begin(loop.http1Heads().interim(head), BodyFraming.NONE, 0);
        flush();
        if (waitsForContinue && head.status() == 100) {
            waitsForContinue = false;
            await(loop.loop().clock().now() + timeouts.body());
        }
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        if (state == State.UPGRADED) {
            tunnel().endOutput();
        } else if (lastRequest && state == State.ANSWER && !hasMore()) {
            closeBehind(trailers);
        } else {
            writer().end(trailers);
        }
    }

    @Override
    public void flush() {
        sendAtOnce();
        super.flush();
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
        closing |= state != State.ANSWER || loop.draining();
        endsByClose = false;
        ByteBuf content = answer.content();
        HeadWriter out = loop.http1Heads().own(request, answer, rules.hsts(), closing);
        if (!closing) {
            sendAtOnce();
        }
        writer().begin(out, BodyFraming.PLAIN, content.readableBytes());
        if (request.method() != RequestHead.Method.HEAD) {
            writer().body(content);
        } else {
            content.release();
        }
        end(null);
    }

    @Override
    public void abort() {
        if (state != State.CLOSED) {
            breakOff();
            state = State.CLOSED;
        }
    }

    @Override
    public void settled() {
        exchange = null;
        waitsForContinue = false;
        watchAnew();
        if (!ctx().channel().isActive()) {
            state = State.CLOSED; // channelInactive is on its way
        }
        if (state == State.CLOSED) {
            return;
        }
        closing |= upgradeAsked && hasMore();
        upgradeAsked = false;
        if (state == State.UPGRADED) {
            state = State.LINGER;
            if (!tunnel().settled()) {
                finish();
            }
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
        ByteBuf unread = !reading && mayBegin() ? takeAhead() : null;
        if (unread != null) {
            read(unread);
            if (state == State.BODY && exchange != null) {
                exchange.requestPaused();
            }
        }
    }

    /** Ends the connection behind what was written. */
    private void finish() {
        boolean clientMaySend = !lastRequest || state != State.ANSWER || hasMore();
        releaseAhead();
        state = State.LINGER;
        await(loop.loop().clock().now() + timeouts.idle()); // for what is still to be written
        if (clientMaySend) {
            demand(true);
            Lingering end = new Lingering(this);
            lingering = end;
            end.begin();
        } else {
            closeBehind(null);
        }
    }

    /** Whether some of the next request was read ahead. */
    private boolean hasMore() {
        return ahead != null && !ahead.isEmpty();
    }

    /** What was read ahead, if anything was. */
    private @Nullable ByteBuf takeAhead() {
        if (ahead == null || ahead.isEmpty()) {
            return null;
        }
        ByteBuf unread = ahead.take();
        updateReading();
        return unread;
    }

    private void releaseAhead() {
        if (ahead != null) {
            ahead.release();
        }
    }

    @Override
    public @Nullable SecurePort securePort() {
        return rules.securePort();
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
        } else if (state != State.CLOSED) {
            cut();
        }
    }
}
