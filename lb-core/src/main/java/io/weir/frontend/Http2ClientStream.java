package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.weir.exchange.ClientSide;
import io.weir.exchange.Exchange;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Peer;
import io.weir.exchange.Reason;
import io.weir.exchange.SecurePort;
import io.weir.http.BadMessage;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.HpackBlock;
import io.weir.http.Http2Fields;
import io.weir.http.Http2Trailers;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.WebSocketHandshake;
import io.weir.loop.Deadline;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a client's HTTP/2 connection: one request and its response, for one {@link Exchange}. What is malformed as HTTP/2 has it ends
 * with a reset, PROTOCOL_ERROR; what is refused for another reason is answered, with the same words as on HTTP/1.1.
 *
 * <p>The client may send as much as the exchange has taken: its window is given back when the worker's side keeps up.
 *
 * <p>One that asks for a WebSocket (RFC 8441) becomes a tunnel when the worker switches to that: DATA is bytes then, END_STREAM the end of one
 * direction, and a reset with CANCEL what a reset of the worker's connection is.
 */
final class Http2ClientStream implements ClientSide {
    /** Bytes of a response that may wait for the client: from here on the worker is not read ... */
    static final int HIGH = 128 * 1024;
    /** ... until no more than these are left. */
    static final int LOW = 32 * 1024;

    /** How long a request may take to its end, in ns, once its answer is with the client. */
    private static final long GRACE = TimeUnit.MILLISECONDS.toNanos(100);

    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final Deadline patience = new Deadline() {
        @Override
        protected void expired(long now) {
            timeIsUp();
        }
    };

    private @Nullable Exchange exchange;

    // the request
    /** Whether it may go on and somebody wants to hear it. */
    private boolean reads;
    /** Whether the client has sent all of it, be it wanted or not. */
    private boolean endedByClient;
    /** Whether the exchange was told that there is a body. */
    private boolean hasBody;
    /** Whether the exchange starts with the request's end: a body that must be empty could be one that is not. */
    private boolean startsAtEnd;
    /** Bytes that the body must have, or -1. */
    private long length = -1;

    private long received;
    private boolean touched;
    private boolean paused;
    /** Bytes that have come while it was paused, for which the client has no room yet. */
    private int unreturned;
    /** Whether it asks for a WebSocket: what comes is bytes, which have time until the exchange has none. */
    private boolean asksTunnel;
    /** Whether the worker has granted that. */
    private boolean tunnel;
    /** What came before, or null. */
    private @Nullable ByteBuf early;

    private boolean waitsForContinue;
    /** Why it ends with a reset whatever the exchange says, or null. */
    private @Nullable Http2Error broken;

    // the response
    /** Whether the head is in the loop's block and not sent. */
    private boolean headWaits;

    private boolean headOnly;
    /** The last piece of the body so far: whether it ends the stream is known with the next call. */
    private @Nullable ByteBuf piece;
    /** Bytes that were written and have not gone to the network. */
    private long queued;

    private boolean writable = true;
    /** Whether all of it was written, if not sent. */
    private boolean ended;
    /** Whether the client is told to stop sending once all of it is sent. */
    private boolean resetsAtEnd;
    /** Whether a byte of the answer's body was sent. */
    private boolean bodySent;
    /** Whether the answer was sent, and the request has a little time to end. */
    private boolean stopping;
    /** What was queued when its time was last up. */
    private long untaken = -1;

    Http2ClientStream(Http2ClientConnection connection, Http2Stream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    private FrontendLoop loop() {
        return connection.loop();
    }

    private void await(long nanos) {
        loop().loop().wheel().set(patience, loop().loop().clock().now() + nanos);
    }

    // ---- the request

    /** Its fields have come. */
    void begin(Http2Fields fields, boolean ends) {
        Exchange reader = loop().exchanges().take();
        exchange = reader;
        reads = !ends;
        endedByClient = ends;
        ByteBuf lines = loop().http2Heads().lines();
        if (!fields.writeRequest(lines, !ends, connection.keys())) {
            broken = Http2Error.PROTOCOL_ERROR;
            reader.startRefused(this, Reason.BAD_REQUEST, null);
            return;
        }
        RequestHead head = reader.requestHead();
        Progress progress = loop().parser().read(lines, head);
        head.cameByHttp2();
        if (progress != Progress.END) {
            BadMessage fault = Objects.requireNonNull(head.fault());
            refuse(reader, fault == BadMessage.UNKNOWN_WEBSOCKET_VERSION ? BadMessage.BAD_WEBSOCKET_VERSION : fault); // 426 is HTTP/1.1's
            return;
        }
        if (fields.asksUnknownProtocol()) {
            refuse(reader, BadMessage.UNKNOWN_PROTOCOL);
            return;
        }
        asksTunnel = head.asksWebSocket();
        reads |= asksTunnel; // an end that came with the head is told once there is somebody to tell it to
        length = head.contentLength();
        hasBody = !ends && head.hasBody();
        if (ends && length > 0) {
            broken = Http2Error.PROTOCOL_ERROR;
            reader.startRefused(this, Reason.BAD_REQUEST, null);
            return;
        }
        waitsForContinue = hasBody && head.expectsContinue();
        if (reads && !waitsForContinue) {
            awaitBody();
        }
        startsAtEnd = reads && !hasBody && !asksTunnel;
        if (!startsAtEnd) {
            reader.start(this);
        }
    }

    private void refuse(Exchange reader, BadMessage fault) {
        reader.startRefused(this, Reason.of(fault), fault);
    }

    private void awaitBody() {
        if (!asksTunnel) {
            await(connection.timeouts().body());
        }
    }

    /** Its fields are over the limit, and none is known; {@code ends}: nothing follows them. */
    void refuseHead(boolean ends) {
        Exchange reader = loop().exchanges().take();
        exchange = reader;
        reads = !ends;
        endedByClient = ends;
        reader.requestHead().cameByHttp2();
        reader.startRefused(this, Reason.HEAD_TOO_LARGE, BadMessage.HEAD_TOO_LARGE);
    }

    /** A piece of its body. Returns for how many bytes the client has room again. */
    int data(ByteBuf data, int padding, boolean ends) {
        endedByClient |= ends;
        int n = data.readableBytes();
        Exchange to = exchange;
        if (!reads || to == null) {
            return n + padding;
        }
        received += n;
        if (length >= 0 && (received > length || (ends && received < length))) {
            malformed(to);
            return n + padding;
        }
        if (asksTunnel && !tunnel) {
            keepEarly(data);
            unreturned += n + padding; // no more than one window comes
            return 0;
        }
        waitsForContinue = false;
        if (n > 0) {
            to.requestBody(data.retain());
        }
        if (!reads) { // answered
            return n + padding;
        }
        if (ends) {
            requestEnded(null);
        } else {
            awaitBody();
            if (!touched) {
                touched = true;
                connection.touch(this);
            }
            if (paused) {
                unreturned += n + padding;
                return 0;
            }
        }
        return n + padding;
    }

    private void keepEarly(ByteBuf data) {
        if (data.isReadable()) {
            ByteBuf kept = early == null ? ctx().alloc().buffer(data.readableBytes()) : early;
            early = kept.writeBytes(data, data.readerIndex(), data.readableBytes()); // copied, since there may be many small ones
        }
    }

    private void dropEarly() {
        ByteBuf data = early;
        if (data != null) {
            early = null;
            data.release();
        }
    }

    /** Fields behind its body. */
    void trailers(Http2Fields fields, boolean ends) {
        endedByClient |= ends;
        Exchange to = exchange;
        if (!reads || to == null) {
            return;
        }
        Http2Trailers trailers = new Http2Trailers();
        if (asksTunnel || !ends || (length >= 0 && received < length) || !fields.readTrailers(trailers)) {
            malformed(to);
        } else {
            requestEnded(trailers.lines());
        }
    }

    /** Its trailers are over the limit, and none is known. */
    void refuseTrailers() {
        Exchange to = exchange;
        if (reads && to != null) {
            fail(to, Reason.HEAD_TOO_LARGE);
        }
    }

    boolean endedByClient() {
        return endedByClient;
    }

    private void requestEnded(byte @Nullable [] trailers) {
        reads = false;
        patience.clear();
        demand(true);
        Exchange to = Objects.requireNonNull(exchange);
        if (startsAtEnd) {
            startsAtEnd = false;
            to.start(this);
        } else {
            to.requestEnded(trailers);
        }
    }

    private void malformed(Exchange to) {
        broken = Http2Error.PROTOCOL_ERROR;
        fail(to, Reason.BAD_REQUEST);
    }

    private void fail(Exchange to, Reason why) {
        if (startsAtEnd) {
            startsAtEnd = false;
            to.startRefused(this, why, null);
        } else {
            to.requestFailed(why, null);
        }
    }

    /** What has come in this turn was told. */
    void requestPaused() {
        touched = false;
        if (exchange != null && (hasBody || tunnel) && reads) {
            exchange.requestPaused();
        }
    }

    @Override
    public void demand(boolean more) {
        if (paused && more && reads && !waitsForContinue) {
            awaitBody();
        }
        paused = !more;
        if (more) {
            giveBack();
        }
    }

    private void giveBack() {
        int n = unreturned;
        if (n > 0) {
            unreturned = 0;
            connection.giveBack(stream, n);
        }
    }

    private void timeIsUp() {
        if (stopping) {
            connection.reset(stream, Http2Error.NO_ERROR);
            return;
        }
        Exchange open = exchange;
        if (open != null) {
            if (reads && !paused) { // else we are the ones who keep it waiting
                fail(open, Reason.REQUEST_TIMEOUT);
            }
        } else if (queued == untaken) {
            connection.reset(stream, Http2Error.CANCEL); // the client does not take what it asked for
        } else {
            untaken = queued;
            await(connection.timeouts().idle());
        }
    }

    // ---- the response

    @Override
    public void head(RequestHead request, ResponseHead head, HeadLines lines) {
        boolean switched = head.switchesProtocol();
        headOnly = !switched && (request.method() == RequestHead.Method.HEAD || head.neverHasBody());
        if (switched) {
            WebSocketHandshake.cutAccept(head);
        }
        HeadWriter more = loop().headWriter().begin();
        lines.writeTo(more);
        if (!head.hasDate()) {
            loop().dateLine().writeTo(more);
        }
        AnswerLines.addHsts(connection.hsts(), head, more);
        loop().http2Heads().block(this).begin(switched ? 200 : head.status()).fields(head).lines(more);
        headWaits = true;
        if (switched) {
            openTunnel();
        }
    }

    /** From now on bytes go both ways, those first that came before. */
    private void openTunnel() {
        tunnel = true;
        Exchange to = Objects.requireNonNull(exchange);
        ByteBuf data = early;
        if (data != null) {
            early = null;
            to.requestBody(data);
        }
        if (reads && endedByClient) {
            requestEnded(null);
        } else if (reads) {
            to.requestPaused();
        }
    }

    /** Sends the head that waits; more follows. */
    void sendHead() {
        sendHead(false);
    }

    private void sendHead(boolean last) {
        if (headWaits) {
            headWaits = false;
            write(loop().http2Heads().sent(), last);
        }
    }

    private void write(HpackBlock block, boolean last) {
        var _ = connection.encoder().writeHeaders(ctx(), stream.id(), block, 0, last, ctx().newPromise());
    }

    @Override
    public void interim(ResponseHead head) {
        write(loop().http2Heads().block(this).begin(head.status()).fields(head), false);
        var _ = loop().http2Heads().sent();
        connection.flushSoon();
        if (waitsForContinue && head.status() == 100) {
            waitsForContinue = false;
            await(connection.timeouts().body());
        }
    }

    @Override
    public void body(ByteBuf data) {
        if (headOnly || !data.isReadable()) {
            data.release();
            return;
        }
        sendHead(false);
        sendPiece(false);
        piece = data;
    }

    private void sendPiece(boolean last) {
        ByteBuf data = piece;
        if (data != null) {
            piece = null;
            send(data, last);
        }
    }

    private void send(ByteBuf data, boolean last) {
        int n = data.readableBytes();
        queued += n;
        bodySent |= n > 0;
        if (queued >= HIGH) {
            writable = false;
        }
        connection.guard().earned(n);
        ChannelPromise promise = ctx().newPromise();
        promise.addListener(_ -> sent(n));
        var _ = connection.encoder().writeData(ctx(), stream.id(), data, 0, last, promise);
    }

    private void sent(int n) {
        queued -= n;
        if (!writable && queued <= LOW) {
            writable = true;
            if (exchange != null) {
                exchange.clientWritable(true);
            }
        }
    }

    @Override
    public void flush() {
        sendHead(false);
        sendPiece(false);
        connection.flushSoon();
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        ended = true;
        boolean stops = reads && !endedByClient && !tunnel;
        if (!tunnel || !reads) { // else the client goes on
            exchange = null; // it is over, so that the stream's end does not mean that its client is gone
            reads = false;
        }
        if (trailers != null && !headOnly) {
            sendHead(false);
            sendPiece(false);
            write(new HpackBlock().beginTrailers().lines(trailers, trailers.length), true);
        } else if (piece != null) {
            sendPiece(true);
        } else if (headWaits) {
            sendHead(true);
        } else {
            send(Unpooled.EMPTY_BUFFER, true);
        }
        if (stops) {
            stopRequest();
        }
        connection.flushSoon();
    }

    /**
     * The answer is whole and the request is not: once it is sent, the client is told to stop (RFC 9113, 8.1). If it has no body, the request
     * has a little time to end: some clients take a reset behind fields alone for a failure, as curl 7.88 does.
     */
    private void stopRequest() {
        if (stream.state().localSideOpen()) {
            resetsAtEnd = true;
        } else {
            stopSoon();
        }
    }

    /** Our side of it is closed: the last byte was written. */
    void halfClosed() {
        if (resetsAtEnd) {
            resetsAtEnd = false;
            ctx().executor().execute(this::stopSoon); // not in the middle of Netty's own doing
        }
    }

    private void stopSoon() {
        if (stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        if (bodySent || asksTunnel) {
            connection.reset(stream, Http2Error.NO_ERROR);
        } else {
            stopping = true;
            await(GRACE);
        }
    }

    @Override
    public void answer(RequestHead request, OwnAnswer answer) {
        if (asksTunnel && broken == null && answer.status() / 100 == 2) {
            broken = Http2Error.CONNECT_ERROR; // a success would say that there is a tunnel
        }
        if (broken != null) {
            abort();
            return;
        }
        ByteBuf content = answer.content();
        HeadWriter lines = loop().headWriter().begin();
        AnswerLines.write(answer, content.readableBytes(), loop().dateLine(), connection.hsts(), lines);
        if (request.fault() == BadMessage.UNKNOWN_WEBSOCKET_VERSION) {
            lines.text("Sec-WebSocket-Version: 13\r\n");
        }
        loop().http2Heads().block(this).begin(answer.status()).lines(lines);
        headWaits = true;
        headOnly = request.method() == RequestHead.Method.HEAD;
        body(content);
        end(null);
    }

    @Override
    public void abort() {
        exchange = null;
        reads = false;
        dropUnsent();
        if (broken == null) {
            connection.reset(stream, tunnel ? Http2Error.CANCEL : Http2Error.INTERNAL_ERROR); // as a tunnel's RST has it (RFC 8441, 5)
        } else {
            connection.guard().reset();
            connection.reset(stream, broken);
        }
    }

    private void dropUnsent() {
        if (headWaits) {
            headWaits = false;
            var _ = loop().http2Heads().sent();
        }
        ByteBuf data = piece;
        if (data != null) {
            piece = null;
            data.release();
        }
    }

    @Override
    public void settled() {
        exchange = null;
        reads = false;
        waitsForContinue = false;
        dropEarly();
        giveBack();
        if (tunnel && ended && !endedByClient && stream.state() != Http2Stream.State.CLOSED) {
            stopRequest();
        }
        if (ended && stream.state().localSideOpen()) {
            await(connection.timeouts().idle()); // for what is still to be taken
        } else if (!stopping) {
            patience.clear();
        }
    }

    /** The stream is over, whoever ended it. */
    void closed() {
        loop().loop().wheel().remove(patience);
        dropUnsent();
        dropEarly();
        Exchange open = exchange;
        exchange = null;
        if (open != null && startsAtEnd) {
            loop().exchanges().giveBack(open);
        } else if (open != null) {
            open.clientGone();
            loop().loop().wheel().remove(patience);
        }
    }

    @Override
    public Peer peer() {
        return connection.peer();
    }

    @Override
    public @Nullable String onlyRegion() {
        return connection.onlyRegion();
    }

    @Override
    public @Nullable SecurePort securePort() {
        return connection.securePort();
    }

    /** What is under way there, if anything is. */
    @Nullable Exchange underWay() {
        Exchange open = exchange;
        return open == null || open.phase() == Exchange.Phase.ADMIT ? null : open;
    }

    void drained() {
        Exchange open = exchange;
        if (open != null && startsAtEnd) {
            fail(open, Reason.DRAINING);
        } else if (open != null) {
            open.drained();
        }
    }

    private ChannelHandlerContext ctx() {
        return connection.ctx();
    }
}
