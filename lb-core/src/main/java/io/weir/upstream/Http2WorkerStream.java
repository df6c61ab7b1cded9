package io.weir.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.weir.http.BadMessage;
import io.weir.http.FieldRules;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.HpackBlock;
import io.weir.http.Http2Fields;
import io.weir.http.Http2Trailers;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream of an HTTP/2 connection to a worker, lent to one attempt. The fields of a response become the lines of HTTP/1.1, which one parser
 * reads, as on the clients' side.
 *
 * <p>The worker may send as much as the client's side has taken: its window is given back when that one keeps up.
 */
final class Http2WorkerStream implements WorkerSide {
    /** Bytes of a request that may wait for the worker: from here on the client is not read ... */
    private static final int HIGH = 128 * 1024;
    /** ... until no more than these are left. */
    private static final int LOW = 32 * 1024;
    /** A body up to this size never waits for the worker to read; as on HTTP/1.1. */
    private static final int SMALL_BODY = 16 * 1024;
    /** Interim responses (1xx) of one exchange; more is no protocol but a flood. */
    private static final int MOST_INTERIM = 32;

    private final Http2WorkerConnection connection;
    /** Whom it is lent to, or null once that is over. */
    private @Nullable AttemptEvents events;
    /** Null before the head was written. */
    private @Nullable Http2Stream stream;
    private boolean returned;
    private final boolean reused;

    // the request
    private boolean toHead;
    private boolean hasBody;
    /** The last piece of the body so far: whether it ends the stream is known with the next call. */
    private @Nullable ByteBuf piece;

    private boolean requestEnded;
    /** Bytes that were written and have not gone to the network. */
    private long queued;

    private boolean writable = true;

    // the response
    private boolean headSeen;
    private int interims;
    /** Bytes that the body must have, or -1. */
    private long length = -1;

    private long received;
    private boolean touched;
    private boolean paused;
    /** Bytes that have come while it was paused, for which the worker has no room yet. */
    private int unreturned;

    Http2WorkerStream(Http2WorkerConnection connection, AttemptEvents events) {
        this.connection = connection;
        this.events = events;
        this.reused = connection.hasServed();
    }

    // ---- the request

    @Override
    public void head(RequestHead head, HeadLines lines) {
        toHead = head.method() == RequestHead.Method.HEAD;
        hasBody = head.hasBody();
        Http2Stream opened = connection.create(this);
        if (opened == null) {
            failSoon(AttemptFailure.LEFT_BEHIND);
            return;
        }
        stream = opened;
        StreamPool pool = connection.pool();
        HeadWriter out = pool.requestLines();
        head.writeTo(out);
        lines.writeTo(out);
        HpackBlock block = pool.block().request(out, pool.isSecured());
        var _ = connection.encoder().writeHeaders(connection.ctx(), opened.id(), block, 0, !hasBody, connection.ctx().newPromise());
        requestEnded = !hasBody;
        if (head.chunked() || head.contentLength() > SMALL_BODY) {
            connection.sendsLargeBody();
        }
    }

    /** Later, since whoever writes a head does not expect its attempt to be over within. */
    private void failSoon(AttemptFailure failure) {
        AttemptEvents to = events;
        connection.ctx().executor().execute(() -> {
            if (to != null && to.equals(events)) {
                connection.pool().loop().clock().refresh();
                fail(failure, null);
            }
        });
    }

    @Override
    public void body(ByteBuf data) {
        if (stream == null || requestEnded || !data.isReadable()) {
            data.release();
            return;
        }
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
        if (queued >= HIGH && writable) {
            writable = false;
        }
        ChannelPromise promise = connection.ctx().newPromise();
        promise.addListener(_ -> sent(n));
        var _ = connection.encoder().writeData(connection.ctx(), open().id(), data, 0, last, promise);
    }

    private void sent(int n) {
        queued -= n;
        if (!writable && queued <= LOW) {
            writable = true;
            if (events != null) {
                events.workerWritable(true);
            }
        }
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        Http2Stream to = stream;
        if (to == null || requestEnded) {
            flush();
            return;
        }
        requestEnded = true;
        if (trailers != null) {
            sendPiece(false);
            HpackBlock block = new HpackBlock().beginTrailers().lines(trailers, trailers.length);
            var _ = connection.encoder().writeHeaders(connection.ctx(), to.id(), block, 0, true, connection.ctx().newPromise());
        } else if (piece != null) {
            sendPiece(true);
        } else {
            send(Unpooled.EMPTY_BUFFER, true);
        }
        connection.flushSoon();
    }

    @Override
    public void flush() {
        if (stream != null) {
            sendPiece(false);
            connection.flushSoon();
        }
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public boolean mayRefuse() {
        return true;
    }

    @Override
    public boolean isReused() {
        return reused;
    }

    @Override
    public void abort() {
        events = null;
        giveUp(Http2Error.CANCEL);
    }

    private void giveUp(Http2Error error) {
        dropPiece();
        Http2Stream open = stream;
        if (open == null) {
            giveBackLent();
        } else if (open.state() != Http2Stream.State.CLOSED) {
            connection.reset(open, error); // which closes it
        }
    }

    private void dropPiece() {
        ByteBuf data = piece;
        if (data != null) {
            piece = null;
            data.release();
        }
    }

    private void giveBackLent() {
        if (!returned) {
            returned = true;
            connection.returned();
        }
    }

    // ---- the response

    /** Whether this is the first that comes in this turn. */
    boolean touch() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** What has come in this turn was told. */
    void paused() {
        touched = false;
        if (events != null && headSeen) {
            events.responsePaused();
        }
    }

    /** Fields have come: a head, or trailers. */
    void fields(Http2Fields fields, boolean ends) {
        AttemptEvents to = events;
        if (to == null) {
            return;
        }
        if (headSeen) {
            trailers(to, fields, ends);
        } else {
            head(to, fields, ends);
        }
    }

    private void head(AttemptEvents to, Http2Fields fields, boolean ends) {
        StreamPool pool = connection.pool();
        ByteBuf lines = pool.responseLines();
        ResponseHead head = to.responseHead();
        if (!fields.writeResponse(lines, !ends, toHead)) {
            malformed(null);
            return;
        }
        Progress progress = pool.parser().read(lines, head);
        if (progress != Progress.END) {
            malformed(head.fault());
            return;
        }
        FieldRules.applyToResponse(head);
        if (head.isInterim()) {
            if (ends || ++interims > MOST_INTERIM) {
                malformed(ends ? null : BadMessage.TOO_MANY_INTERIM);
                return;
            }
            to.responseStarted();
            head.reset();
            return;
        }
        boolean bodiless = toHead || head.neverHasBody();
        length = bodiless ? 0 : head.contentLength();
        if (ends && length > 0) {
            malformed(BadMessage.BAD_CONTENT_LENGTH);
            return;
        }
        headSeen = true;
        to.responseStarted();
        if (ends) {
            responseEnded(null);
        }
    }

    private void trailers(AttemptEvents to, Http2Fields fields, boolean ends) {
        Http2Trailers trailers = new Http2Trailers();
        if (!ends || (length >= 0 && received < length) || !fields.readTrailers(trailers)) {
            malformed(BadMessage.BAD_TRAILER);
        } else if (to.equals(events)) {
            responseEnded(trailers.lines());
        }
    }

    /** A piece of the body. Returns for how many bytes the worker has room again. */
    int data(ByteBuf data, int padding, boolean ends) {
        int n = data.readableBytes();
        AttemptEvents to = events;
        if (to == null) {
            return n + padding;
        }
        received += n;
        if (!headSeen || (length >= 0 && (received > length || (ends && received < length)))) {
            malformed(BadMessage.BAD_CONTENT_LENGTH);
            return n + padding;
        }
        if (n > 0) {
            to.responseBody(data.retain());
        }
        if (events == null) { // aborted meanwhile
            return n + padding;
        }
        if (ends) {
            responseEnded(null);
            return n + padding;
        }
        if (paused) {
            unreturned += n + padding;
            return 0;
        }
        return n + padding;
    }

    private void responseEnded(byte @Nullable [] trailers) {
        AttemptEvents to = events;
        events = null;
        if (to == null) {
            return;
        }
        connection.nowServed();
        if (open().state() == Http2Stream.State.OPEN) {
            giveUp(Http2Error.NO_ERROR); // an answer to part of the request: the rest, which the worker may never have room for, is of no use
        } else {
            open().close(); // before it is told, since who hears of the end may want its place
        }
        to.responseEnded(trailers);
    }

    @Override
    public void demand(boolean more) {
        paused = !more;
        int n = unreturned;
        Http2Stream of = stream;
        if (more && n > 0 && of != null) {
            unreturned = 0;
            connection.giveBack(of, n);
        }
    }

    /** What has come is no response. */
    void malformed(@Nullable BadMessage fault) {
        AttemptEvents to = events;
        events = null;
        giveUp(Http2Error.PROTOCOL_ERROR);
        if (to != null) {
            to.failed(headSeen ? AttemptFailure.CUT : AttemptFailure.BAD_RESPONSE, fault);
        }
    }

    /** The worker has ended it before its time; or, with NO_ERROR behind a whole response, wants no more of the request. */
    void resetByWorker(long errorCode) {
        boolean refused = errorCode == Http2Error.REFUSED_STREAM.code();
        AttemptEvents to = events;
        events = null;
        open().close(); // without a reset of ours, which is no answer to one
        if (to != null) {
            to.failed(headSeen ? AttemptFailure.CUT : refused ? AttemptFailure.UNPROCESSED : AttemptFailure.RESET, null);
        }
    }

    private void fail(AttemptFailure failure, @Nullable BadMessage fault) {
        AttemptEvents to = events;
        events = null;
        giveUp(Http2Error.CANCEL);
        if (to != null) {
            to.failed(failure, fault);
        }
    }

    /** The stream is over, whoever ended it; {@code unanswered} is what that means where there is no response. */
    void closed(AttemptFailure unanswered) {
        dropPiece();
        AttemptEvents to = events;
        events = null;
        giveBackLent();
        if (to != null) {
            to.failed(headSeen ? AttemptFailure.CUT : unanswered, null);
        }
    }

    /** The worker has been found not to answer. */
    void foundSilent() {
        AttemptEvents to = events;
        if (to != null && !headSeen && interims == 0) {
            to.workerSilent();
        }
    }

    private Http2Stream open() {
        return Objects.requireNonNull(stream);
    }
}
