package io.weir.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.weir.http.BadMessage;
import io.weir.http.BodyReader;
import io.weir.http.FieldName;
import io.weir.http.FieldRules;
import io.weir.http.HeadLimits;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.MessageWriter;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.ResponseParser;
import io.weir.http.WebSocketHandshake;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection to a worker, lent to one attempt after the other.
 *
 * <pre>
 *   state        event                              next
 *   CONNECTING   established, attempt waits         HEAD (lent)
 *   CONNECTING   established, attempt gave up       IDLE, or CLOSED if each serves once, or it was for TLS that is not ours
 *   CONNECTING   refused                            CLOSED
 *   CONNECTING   found silent or refusing, attempt
 *                gave up                            CLOSED
 *   IDLE         lent                               HEAD
 *   IDLE         any byte, FIN, too old, silent     CLOSED
 *   HEAD         interim head                       HEAD
 *   HEAD         head                               BODY
 *   HEAD         101 that was asked for             UPGRADED
 *   HEAD         a tunnel in place of a head        UPGRADED
 *   HEAD         FIN, RST, bad head                 CLOSED (attempt failed)
 *   BODY         end, reusable                      IDLE
 *   BODY         end, not reusable                  CLOSED
 *   BODY         FIN, RST, bad framing              CLOSED (attempt cut, or ended if FIN ends the body)
 *   BODY         left, and the end is not there     CLOSED
 *   UPGRADED     FIN of both directions             CLOSED (behind what was written)
 *   UPGRADED     RST                                CLOSED (attempt cut)
 *   any          abort                              CLOSED
 * </pre>
 *
 * Once UPGRADED it carries bytes both ways, each direction with an end of its own.
 *
 * <p>It is reusable if the worker keeps it open, both messages are whole, nothing but the response came, and it says of no client that it is for it.
 */
final class WorkerConnection extends ChannelInboundHandlerAdapter implements WorkerSide {
    private enum State {
        CONNECTING,
        IDLE,
        HEAD,
        BODY,
        UPGRADED,
        CLOSED
    }

    /** More than the windows of any connection hold: a body up to this size never waits for the worker to read. */
    private static final int SMALL_BODY = 16 * 1024;
    /** Interim responses (1xx) within a second; more is no protocol but a flood. */
    private static final int MOST_INTERIM = 32;

    private static final long INTERIM_PERIOD = TimeUnit.SECONDS.toNanos(1);

    /** How long an upgraded connection that is over may take to write the rest. */
    private static final int LAST_BYTES_SECONDS = 30;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerConnection.class);
    private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.US_ASCII);
    /** Taken off the time that a worker says it keeps idle connections, since our request needs some time to get there. */
    private static final long ALLOWANCE = TimeUnit.MILLISECONDS.toNanos(500);

    private final EndpointPool pool;
    private final ResponseParser parser;
    private final BodyReader body = new BodyReader();

    private State state = State.CONNECTING;
    /** Whom it is lent to; null while connecting for nobody, idle or closed; {@link Nobody} while a response is read that was left. */
    private @Nullable AttemptEvents events;

    private @Nullable ChannelHandlerContext ctx;
    /** What secures it, or null. */
    private @Nullable SslHandler tls;
    private @Nullable MessageWriter writer;
    private @Nullable Vigil vigil;
    private boolean reused;
    private boolean requestEnded;
    private boolean toHead;
    /** The {@code Sec-WebSocket-Accept} of a 101, or null if the request does not ask for one. */
    private byte @Nullable [] accept;
    /** Whether the worker has ended what it sends, while UPGRADED. */
    private boolean inputEnded;

    private boolean keepsAlive;
    private boolean answerBegun;
    private int interims;
    private long interimsSince;
    private long lentAt;
    /** Whether writing failed: what still comes may be read, but its end is not to be trusted, nor the connection to be used again. */
    private boolean broken;
    /** Whether it still counts among the endpoint's connections. */
    private boolean counted = true;
    private long idleUntil;
    private long workerIdleTime = Long.MAX_VALUE;

    WorkerConnection(EndpointPool pool, AttemptEvents events, HeadLimits limits) {
        this.pool = pool;
        this.events = events;
        this.parser = new ResponseParser(limits);
    }

    // ---- lending

    /** Gives it to an attempt; false if it turned out to be of no use. */
    boolean lend(AttemptEvents to, long now) {
        if (state != State.IDLE || tooOld(now) || !ctx().channel().isActive()) {
            close();
            return false;
        }
        events = to;
        reused = true;
        begin();
        return true;
    }

    private void begin() {
        state = State.HEAD;
        requestEnded = false;
        answerBegun = false;
        interims = 0;
        lentAt = interimsSince = pool.loop().clock().now();
    }

    void established() {
        AttemptEvents waiting = events;
        if (state != State.CONNECTING) {
            return;
        }
        if (waiting == null && !pool.keeps(tls != null)) {
            close();
        } else if (waiting == null) {
            becomeIdle();
        } else {
            begin();
            waiting.connected(this);
        }
    }

    void refused(AttemptFailure failure) {
        AttemptEvents waiting = events;
        close();
        events = null;
        if (waiting != null) {
            waiting.failed(failure, null);
        }
    }

    /** The attempt that it was made for gave up: it will serve another. */
    boolean abandon(AttemptEvents by) {
        if (!by.equals(events)) {
            return false;
        }
        events = null;
        return true;
    }

    /** The worker has been found not to answer: who waits for a first byte may go elsewhere, and what serves nobody is closed. */
    void foundSilent() {
        AttemptEvents waiting = events;
        switch (state) {
            case IDLE -> {
                pool.gone(this);
                close();
            }
            case CONNECTING -> giveUpIfNobodyWaits();
            case HEAD -> {
                if (waiting != null && !answerBegun) {
                    waiting.workerSilent();
                }
            }
            case BODY, UPGRADED, CLOSED -> {}
        }
    }

    /** The worker has been found to refuse connections: who waits for this one may go elsewhere. What it has to answer runs on. */
    void foundRefusing() {
        switch (state) {
            case CONNECTING -> giveUpIfNobodyWaits();
            // Another machine may refuse, in the place of one that is gone and couldn't say so: nothing would ever come.
            case HEAD -> vigil().ask(pool.loop().clock().now() - lentAt);
            case BODY, UPGRADED -> vigil().ask(-1);
            case IDLE, CLOSED -> {} // a worker that shuts down closes its idle ones itself
        }
    }

    private void giveUpIfNobodyWaits() {
        AttemptEvents waiting = events;
        if (waiting != null) {
            waiting.workerSilent();
        }
        if (events == null) {
            close();
        }
    }

    /** The worker answers again, which makes it likely that this one's end is still there. */
    void foundAnswering() {
        if (state == State.HEAD || state == State.BODY || state == State.UPGRADED) {
            vigil().rest();
        }
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    boolean tooOld(long now) {
        return now - idleUntil >= 0;
    }

    private void becomeIdle() {
        state = State.IDLE;
        events = null;
        vigil().rest();
        idleUntil = pool.loop().clock().now() + Math.min(pool.idleTime(), workerIdleTime);
        pool.nowIdle(this);
    }

    @Override
    public boolean isReused() {
        return reused;
    }

    // ---- the request

    @Override
    public void head(RequestHead head, HeadLines lines) {
        toHead = head.method() == RequestHead.Method.HEAD;
        vigil().begin(head.chunked() || head.contentLength() > SMALL_BODY);
        HeadWriter out = pool.headWriter().begin();
        head.writeTo(out);
        lines.writeTo(out);
        if (head.asksWebSocket()) {
            accept = WebSocketHandshake.accept(head);
            out.literal(WebSocketHandshake.UPGRADE_LINES);
        } else {
            accept = null;
        }
        if (head.chunked()) {
            out.literal(CHUNKED);
        }
        out.endOfLine();
        MessageWriter.BodyFraming framing = head.chunked()
                ? MessageWriter.BodyFraming.CHUNKED
                : head.contentLength() > 0 ? MessageWriter.BodyFraming.PLAIN : MessageWriter.BodyFraming.NONE;
        writer().begin(out, framing, head.contentLength());
    }

    @Override
    public void body(ByteBuf data) {
        if (state == State.CLOSED) {
            data.release();
        } else {
            writer().body(data);
        }
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        if (state == State.UPGRADED) {
            endUpgraded();
        } else if (state != State.CLOSED) {
            requestEnded = true;
            writer().end(trailers);
        }
    }

    @Override
    public void flush() {
        if (state != State.CLOSED) {
            writer().flush();
        }
    }

    @Override
    public boolean isWritable() {
        return ctx != null && ctx.channel().isWritable();
    }

    @Override
    public void demand(boolean more) {
        boolean mayRead = state != State.CLOSED && !inputEnded; // epoll may have forgotten a socket that has nothing more to be read
        if (mayRead && ctx().channel().config().isAutoRead() != more) {
            ctx().channel().config().setAutoRead(more);
        }
    }

    @Override
    public void abort() {
        events = null;
        if (state == State.UPGRADED) {
            abortUpgraded();
        } else {
            close();
        }
    }

    /** The rest of a response is read if it came together with its head, as an answer of another load balancer's own does. */
    @Override
    public void leave() {
        if (state == State.UPGRADED) {
            closeBehind();
        } else if (state == State.BODY && requestEnded) {
            events = Nobody.NOBODY;
        } else {
            abort();
        }
    }

    void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            if (writer != null) {
                writer.discard();
            }
            if (ctx != null) {
                var _ = ctx.close();
            }
            countOut();
        }
    }

    /** Gives the place among the endpoint's connections back, at once, since who hears of the end may want a new one. */
    private void countOut() {
        if (counted) {
            counted = false;
            pool.closed(this);
        }
    }

    // ---- the response

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer = new MessageWriter(context);
        tls = context.pipeline().get(SslHandler.class);
        vigil = new Vigil(pool.transport(), context.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        pool.loop().clock().refresh();
        ByteBuf in = (ByteBuf) message;
        if (state == State.IDLE) {
            pool.gone(this);
            close(); // nobody asked: whatever it is, it can't be trusted
        }
        boolean given = false;
        try {
            while (!given && in.isReadable() && (state == State.HEAD || state == State.BODY || state == State.UPGRADED)) {
                AttemptEvents to = Objects.requireNonNull(events);
                if (state == State.HEAD) {
                    answerBegun = true;
                    readHead(in, to);
                } else if (state == State.UPGRADED) {
                    given = true;
                    to.responseBody(in);
                } else {
                    ByteBuf piece = body.read(in);
                    given = body.gaveWhole();
                    readBody(piece, given ? null : in, to);
                }
            }
        } finally {
            if (!given) {
                in.release();
            }
        }
    }

    /** A piece of the body was read, or nothing; {@code rest} may hold more. */
    private void readBody(@Nullable ByteBuf piece, @Nullable ByteBuf rest, AttemptEvents to) {
        BadMessage fault = body.fault();
        boolean last = body.ended();
        if (piece != null) {
            to.responseBody(piece);
        }
        if (state != State.BODY) {
            return; // the attempt was aborted meanwhile
        }
        if (fault != null) {
            fail(AttemptFailure.CUT, fault);
        } else if (last) {
            ended(to, rest != null && rest.isReadable());
        }
    }

    private void readHead(ByteBuf in, AttemptEvents to) {
        ResponseHead head = to.responseHead();
        Progress progress = parser.read(in, head);
        if (progress == Progress.BAD) {
            fail(AttemptFailure.BAD_RESPONSE, head.fault());
        } else if (progress == Progress.END && head.switchesProtocol()) {
            upgrade(head, to);
        } else if (progress == Progress.END) {
            FieldRules.applyToResponse(head);
            if (head.isInterim()) {
                if (isFlood(pool.loop().clock().now())) {
                    fail(AttemptFailure.BAD_RESPONSE, BadMessage.TOO_MANY_INTERIM);
                    return;
                }
                to.responseStarted();
                head.reset();
                return;
            }
            frame(head);
            state = State.BODY;
            to.responseStarted();
            if (state == State.BODY && body.ended()) {
                ended(Objects.requireNonNull(events), in.isReadable()); // who may be nobody by now
            }
        }
    }

    // ---- upgraded

    private void upgrade(ResponseHead head, AttemptEvents to) {
        byte[] asked = accept;
        BadMessage fault = asked == null ? BadMessage.UNASKED_SWITCH : WebSocketHandshake.fault(head, asked);
        if (fault != null) {
            fail(AttemptFailure.BAD_RESPONSE, fault);
            return;
        }
        FieldRules.applyToResponse(head);
        tunnel();
        to.responseStarted();
    }

    @Override
    public void tunnel() {
        state = State.UPGRADED;
        requestEnded = false;
        vigil().begin(true); // a worker that does not read for a while is slow and not gone
        if (tls == null) {
            ctx().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        writer().beginBytes();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && state == State.UPGRADED && !inputEnded) {
            pool.loop().clock().refresh();
            if (broken || (!requestEnded && TransportKind.wasReset(context.channel()))) { // a write has met the reset
                lost(false);
                var _ = context.close();
                return;
            }
            AttemptEvents to = Objects.requireNonNull(events);
            inputEnded = true;
            if (requestEnded) {
                closeBehind();
            }
            to.responseEnded(null);
        } else if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
            pool.loop().clock().refresh();
            lost(true);
            close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void endUpgraded() {
        requestEnded = true;
        AttemptEvents to = events;
        if (inputEnded) {
            closeBehind();
        } else if (tls != null && to != null) { // engines end both directions at once
            closeBehind();
            to.responseEnded(null);
        } else {
            writer().endOutput(duplex -> {
                var _ = duplex.shutdownOutput();
            });
        }
    }

    private void abortUpgraded() {
        if (requestEnded) {
            closeBehind(); // the client has said all that it had to say, and the worker shall get it
        } else {
            if (ctx().channel().isActive()) {
                ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0); // closing would look like the client's own end
                ChannelHandlerContext secure = tls == null ? null : ctx().pipeline().context(tls);
                if (secure != null) {
                    var _ = secure.close(); // past the engine, which would say that it was one
                }
            }
            close();
        }
    }

    /** Closes it once everything is written, for which a worker that takes nothing has a bounded time. */
    private void closeBehind() {
        events = null;
        state = State.CLOSED;
        countOut();
        writer().endAndClose(null);
        if (ctx().channel().isOpen()) {
            Future<?> bound = ctx().executor().schedule(this::closeNow, LAST_BYTES_SECONDS, TimeUnit.SECONDS);
            var _ = ctx().channel().closeFuture().addListener(_ -> bound.cancel(false));
        }
    }

    private void closeNow() {
        var _ = ctx().close();
    }

    /** Counts one more interim response. */
    private boolean isFlood(long now) {
        if (now - interimsSince > INTERIM_PERIOD) {
            interimsSince = now;
            interims = 0;
        }
        return ++interims > MOST_INTERIM;
    }

    private void frame(ResponseHead head) {
        keepsAlive = head.keepsAlive();
        int keepAlive = head.find(FieldName.KEEP_ALIVE);
        if (keepAlive >= 0) {
            long said = KeepAliveField.timeout(head, keepAlive);
            workerIdleTime = said < 0 ? Long.MAX_VALUE : Math.max(0, said - ALLOWANCE);
        }
        if (toHead || head.neverHasBody()) {
            body.none();
        } else if (head.chunked()) {
            body.chunked();
        } else if (head.contentLength() >= 0) {
            body.length(head.contentLength());
        } else {
            body.untilClose();
        }
    }

    private void ended(AttemptEvents to, boolean more) {
        byte[] trailers = body.trailers();
        events = null;
        if (keepsAlive && !pool.servesOnce() && requestEnded && !more && !broken && !body.endsByClose()) {
            demand(true);
            becomeIdle();
        } else {
            close();
        }
        to.responseEnded(trailers);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        AttemptEvents to = events;
        if (to == Nobody.NOBODY) {
            abort(); // all that was there has been read, and it was not the end
        } else if (to != null && (state == State.BODY || state == State.UPGRADED)) {
            to.responsePaused();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        pool.loop().clock().refresh();
        AttemptEvents to = events;
        if (to != null && state != State.CONNECTING) {
            to.workerWritable(context.channel().isWritable());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException) && !(tls != null && cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
            LOG.error("a connection to a worker failed", cause);
        }
        boolean outputShut = cause instanceof ChannelOutputShutdownException || cause instanceof ClosedChannelException;
        boolean mayStillCome = state != State.UPGRADED || !inputEnded;
        if (outputShut && mayStillCome && context.channel().isActive()) {
            broken = true;
            return; // the worker takes no more of the request; what it has answered may still be there to be read
        }
        lost(false);
        var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        pool.loop().clock().refresh();
        countOut();
        lost(tls == null); // without a word of its end, what TLS carried may have been cut by anybody
    }

    /** The connection has ended, by a FIN or with an error. */
    private void lost(boolean fin) {
        switch (state) {
            case IDLE -> {
                pool.gone(this);
                close();
            }
            case HEAD -> fail(reused && !answerBegun ? AttemptFailure.STALE : AttemptFailure.RESET, null);
            case BODY -> {
                if (body.endsByClose() && fin && !broken) {
                    AttemptEvents to = Objects.requireNonNull(events);
                    events = null;
                    close();
                    to.responseEnded(null);
                } else {
                    fail(AttemptFailure.CUT, null);
                }
            }
            case UPGRADED -> {
                AttemptEvents to = events;
                if (fin && tls != null && to != null) {
                    inputEnded = true;
                    to.responseEnded(null);
                }
                fail(AttemptFailure.CUT, null);
            }
            case CONNECTING, CLOSED -> {}
        }
    }

    private void fail(AttemptFailure failure, @Nullable BadMessage fault) {
        AttemptEvents to = events;
        events = null;
        close();
        if (to != null) {
            to.failed(failure, fault);
        }
    }

    private ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    private Vigil vigil() {
        return Objects.requireNonNull(vigil);
    }

    private MessageWriter writer() {
        return Objects.requireNonNull(writer);
    }
}
