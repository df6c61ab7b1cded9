package io.weir.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelOutputShutdownException;
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
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to a worker, lent to one attempt after the other.
 *
 * <pre>
 *   state        event                              next
 *   CONNECTING   established, attempt waits         HEAD (lent)
 *   CONNECTING   established, attempt gave up       IDLE
 *   CONNECTING   refused                            CLOSED
 *   IDLE         lent                               HEAD
 *   IDLE         any byte, FIN, too old             CLOSED
 *   HEAD         interim head                       HEAD
 *   HEAD         head                               BODY
 *   HEAD         FIN, RST, bad head                 CLOSED (attempt failed)
 *   BODY         end, reusable                      IDLE
 *   BODY         end, not reusable                  CLOSED
 *   BODY         FIN, RST, bad framing              CLOSED (attempt cut, or ended if FIN ends the body)
 *   any          abort                              CLOSED
 * </pre>
 *
 * It is reusable if the worker keeps it open, both messages are whole, and nothing but the response came.
 */
final class WorkerConnection extends ChannelInboundHandlerAdapter implements WorkerSide {
    private enum State {
        CONNECTING,
        IDLE,
        HEAD,
        BODY,
        CLOSED
    }

    private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.US_ASCII);
    /** Taken off the time that a worker says it keeps idle connections, since our request needs some time to get there. */
    private static final long ALLOWANCE = TimeUnit.MILLISECONDS.toNanos(500);

    private final EndpointPool pool;
    private final ResponseParser parser;
    private final BodyReader body = new BodyReader();

    private State state = State.CONNECTING;
    /** Whom it is lent to; null while connecting for nobody, idle or closed. */
    private @Nullable AttemptEvents events;

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable MessageWriter writer;
    private boolean reused;
    private boolean requestEnded;
    private boolean toHead;
    private boolean keepsAlive;
    private boolean answerBegun;
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
    }

    void established() {
        AttemptEvents waiting = events;
        if (state != State.CONNECTING) {
            return;
        }
        if (waiting == null) {
            becomeIdle();
        } else {
            begin();
            waiting.connected(this);
        }
    }

    void refused(AttemptFailure failure) {
        AttemptEvents waiting = events;
        state = State.CLOSED;
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

    boolean tooOld(long now) {
        return now - idleUntil >= 0;
    }

    private void becomeIdle() {
        state = State.IDLE;
        events = null;
        body.idle();
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
        HeadWriter out = pool.headWriter();
        head.writeTo(out);
        lines.writeTo(out);
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
        if (state != State.CLOSED) {
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
        if (state != State.CLOSED && ctx().channel().config().isAutoRead() != more) {
            ctx().channel().config().setAutoRead(more);
        }
    }

    @Override
    public void abort() {
        events = null;
        close();
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
        }
    }

    // ---- the response

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer = new MessageWriter(context);
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
        while (in.isReadable() && (state == State.HEAD || state == State.BODY)) {
            AttemptEvents to = Objects.requireNonNull(events);
            if (state == State.HEAD) {
                answerBegun = true;
                readHead(in, to);
            } else {
                ByteBuf piece = body.read(in);
                given = body.gaveWhole();
                if (piece != null) {
                    boolean last = body.ended();
                    to.responseBody(piece);
                    if (given && !last) {
                        break;
                    }
                }
                if (state != State.BODY) {
                    break; // the attempt was aborted meanwhile
                }
                BadMessage fault = body.fault();
                if (fault != null) {
                    fail(AttemptFailure.CUT, fault);
                } else if (body.ended()) {
                    ended(to, !given && in.isReadable());
                }
                if (given) {
                    break;
                }
            }
        }
        if (!given) {
            in.release();
        }
    }

    private void readHead(ByteBuf in, AttemptEvents to) {
        ResponseHead head = to.responseHead();
        Progress progress = parser.read(in, head);
        if (progress == Progress.BAD) {
            fail(AttemptFailure.BAD_RESPONSE, head.fault());
        } else if (progress == Progress.END) {
            FieldRules.applyToResponse(head);
            if (head.isInterim()) {
                to.responseStarted();
                head.reset();
                return;
            }
            frame(head);
            state = State.BODY;
            to.responseStarted();
            if (state == State.BODY && body.ended()) {
                ended(to, in.isReadable());
            }
        }
    }

    private void frame(ResponseHead head) {
        keepsAlive = head.keepsAlive();
        int keepAlive = head.find(FieldName.KEEP_ALIVE);
        if (keepAlive >= 0) {
            workerIdleTime = keepAliveTime(head.text(head.valueStart(keepAlive), head.valueEnd(keepAlive)));
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

    /** {@code timeout=5, max=100} in ns, less an allowance. */
    private static long keepAliveTime(String value) {
        for (String part : value.split(",", -1)) {
            String[] pair = part.strip().split("=", 2);
            if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("timeout")) {
                try {
                    long seconds = Long.parseLong(pair[1].strip());
                    return seconds > 1_000_000 ? Long.MAX_VALUE : Math.max(0, TimeUnit.SECONDS.toNanos(seconds) - ALLOWANCE);
                } catch (NumberFormatException e) {
                    return Long.MAX_VALUE; // no number: it says nothing
                }
            }
        }
        return Long.MAX_VALUE;
    }

    private void ended(AttemptEvents to, boolean more) {
        byte[] trailers = body.trailers();
        events = null;
        if (keepsAlive && requestEnded && !more && !body.endsByClose()) {
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
        if (to != null && state == State.BODY) {
            to.responsePaused();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        AttemptEvents to = events;
        if (to != null && state != State.CONNECTING) {
            to.workerWritable(context.channel().isWritable());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean outputShut = cause instanceof ChannelOutputShutdownException || cause instanceof ClosedChannelException;
        if (outputShut && context.channel().isActive()) {
            return; // the worker takes no more of the request; what it has answered may still be there to be read
        }
        lost(false);
        var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lost(true);
        pool.returnPermit();
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
                if (body.endsByClose() && fin) {
                    AttemptEvents to = Objects.requireNonNull(events);
                    events = null;
                    close();
                    to.responseEnded(null);
                } else {
                    fail(AttemptFailure.CUT, null);
                }
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

    private MessageWriter writer() {
        return Objects.requireNonNull(writer);
    }
}
