package io.weir.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.weir.http.BadMessage;
import io.weir.http.Http2Fields;
import io.weir.http.Http2FieldsDecoder;
import io.weir.http.HpackBlocks;
import io.weir.loop.Deadline;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/2 connection to a worker (RFC 9113): many streams at once, each an {@link Http2WorkerStream} that is lent to one attempt. Frames,
 * their states and flow control are Netty's, as on the clients' side; no stream is a channel.
 *
 * <pre>
 *   state        event                                     next
 *   CONNECTING   established, and SETTINGS                 OPEN
 *   CONNECTING   refused; found silent, and nobody waits   CLOSED
 *   OPEN         GOAWAY, no numbers left                   LEAVING
 *   OPEN         no streams for too long, found silent     CLOSED (GOAWAY)
 *   LEAVING      last stream over                          CLOSED (GOAWAY)
 *   any          FIN, RST, end of TLS, connection error    CLOSED (attempts failed, or cut)
 * </pre>
 *
 * <p>Memory: a worker can make us hold what a client does not take of each stream, {@link #WINDOW} bytes at most and what the client's side
 * keeps beside.
 */
final class Http2WorkerConnection extends Http2ConnectionHandler {
    private enum State {
        CONNECTING,
        OPEN,
        LEAVING,
        CLOSED
    }

    /** Streams at once, as long as the worker has not said how many it takes, and at most. */
    private static final int STREAMS = 100;
    /** Bytes of one stream's response that may be under way to us, or wait for the client. */
    private static final int WINDOW = 256 * 1024;
    /** The same of all streams together: streams whose clients take nothing don't hold up the others. */
    private static final int ALL_WINDOWS = STREAMS * WINDOW;
    /** Numbers of streams go up to 2³¹ - 1; who comes near gets a new connection. */
    private static final int LAST_NUMBER = Integer.MAX_VALUE - 100_000;
    /** How long the last streams may take, in ms, once the connection is being closed. */
    private static final long LAST_WORDS = TimeUnit.SECONDS.toMillis(30);
    /** CONTINUATION frames of a block that are smaller than they could be; Netty's own measure. */
    private static final int SMALL_CONTINUATIONS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Http2WorkerConnection.class);

    private final StreamPool pool;
    private final Http2Connection.PropertyKey key;
    /** Who waits for it to be established. */
    private final ArrayDeque<AttemptEvents> waiting = new ArrayDeque<>();
    /** Streams of whose responses something has come in this turn. */
    private final List<Http2WorkerStream> touched = new ArrayList<>();

    private final Deadline idle = new Deadline() {
        @Override
        protected void expired(long now) {
            if (state == State.CONNECTING) {
                pool.refused(Http2WorkerConnection.this, AttemptFailure.CONNECT_TIMEOUT, "it said no SETTINGS (HTTP/2) within the time for a connection");
            } else {
                leave();
            }
        }
    };

    /** How long it may take to be made, in ns. */
    private final long timeout;

    private State state = State.CONNECTING;
    private boolean established;
    /** Whether the worker has said its SETTINGS. */
    private boolean settled;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Vigil vigil;
    /** Streams that are lent. */
    private int lent;
    /** Whether a response has come to its end. */
    private boolean served;
    /** Whether anything has come since the streams that are open began. */
    private boolean heard;

    private boolean reading;
    private boolean flushFollows;

    private Http2WorkerConnection(
            StreamPool pool, long timeout, Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        super(decoder, encoder, settings);
        this.pool = pool;
        this.timeout = timeout;
        this.key = connection().newKey();
        gracefulShutdownTimeoutMillis(LAST_WORDS);
        decoder.frameListener(new Frames());
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                Http2WorkerStream ours = stream.removeProperty(key);
                if (ours != null) {
                    ours.closed(unanswered(stream.id()));
                }
            }

            @Override
            public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
                takeNoMore();
            }
        });
    }

    static Http2WorkerConnection create(StreamPool pool, long timeout) {
        int list = Http2FieldsDecoder.listSize(pool.responseLimits());
        DefaultHttp2Connection connection = new DefaultHttp2Connection(false);
        connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        DefaultHttp2ConnectionEncoder encoder =
                new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter(new HpackBlocks()));
        DefaultHttp2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                connection,
                encoder,
                new DefaultHttp2FrameReader(new Http2FieldsDecoder(pool.received(), list), SMALL_CONTINUATIONS),
                Http2PromisedRequestVerifier.ALWAYS_VERIFY,
                true,
                true,
                false);
        Http2Settings settings = new Http2Settings().pushEnabled(false).initialWindowSize(WINDOW).maxHeaderListSize(list);
        return new Http2WorkerConnection(pool, timeout, decoder, encoder, settings);
    }

    // ---- lending

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    /** Whether it takes one more stream. */
    boolean hasRoom() {
        return switch (state) {
            case CONNECTING -> waiting.size() < STREAMS;
            case OPEN -> lent < Math.min(STREAMS, connection().local().maxActiveStreams());
            case LEAVING, CLOSED -> false;
        };
    }

    /** A stream, or null, and {@code events} is told once there is one. It has a permit. */
    @Nullable WorkerSide open(AttemptEvents events) {
        if (state == State.CONNECTING) {
            waiting.addLast(events);
            return null;
        }
        return lend(events);
    }

    private Http2WorkerStream lend(AttemptEvents events) {
        if (lent++ == 0) {
            heard = false;
        }
        idle.clear();
        return new Http2WorkerStream(this, events);
    }

    /** A stream is over. */
    void returned() {
        lent--;
        pool.returnPermit();
        if (lent > 0) {
            return;
        }
        vigil().begin(false);
        nowUnused();
    }

    void nowServed() {
        served = true;
    }

    /** Whether a response has come to its end. */
    boolean hasServed() {
        return served;
    }

    /** Whether it waited for this connection; it waits no more. */
    boolean abandon(AttemptEvents events) {
        boolean waited = waiting.remove(events);
        if (waited) {
            pool.returnPermit();
        }
        return waited;
    }

    /** The worker has its time to say its SETTINGS: until then it is not known how many streams it takes, nor whether it speaks HTTP/2. */
    void established() {
        established = true;
        if (settled) {
            opened();
        } else {
            pool.loop().wheel().set(idle, pool.loop().clock().now() + timeout);
        }
    }

    private void opened() {
        state = State.OPEN;
        pool.opened();
        idle.clear();
        AttemptEvents next;
        while ((next = waiting.pollFirst()) != null) {
            if (hasRoom()) {
                next.connected(lend(next));
            } else if (state == State.OPEN && connection().local().maxActiveStreams() == 0) {
                pool.returnPermit();
                next.failed(AttemptFailure.UNPROCESSED, null);
            } else { // the worker takes fewer, or one of those before has met the connection's end
                pool.moveOn(next, timeout);
            }
        }
        if (lent == 0) {
            nowUnused();
        }
    }

    private void nowUnused() {
        if (state == State.LEAVING) {
            leave();
        } else if (state == State.OPEN && (pool.isRetired() || connection().local().maxActiveStreams() == 0)) {
            takeNoMore(); // the worker wants none, or isn't to have any
        } else if (state == State.OPEN) {
            awaitStream();
        }
    }

    void refused(AttemptFailure how) {
        close();
        failWaiting(how);
    }

    private void failWaiting(AttemptFailure how) {
        AttemptEvents next;
        while ((next = waiting.pollFirst()) != null) {
            pool.returnPermit();
            next.failed(how, null);
        }
    }

    /** The worker has been found not to answer: who waits for a first byte may go elsewhere. */
    void foundSilent() {
        if (state == State.CONNECTING) {
            giveUpIfNobodyWaits();
        } else {
            streams().forEach(Http2WorkerStream::foundSilent);
            if (lent == 0) {
                close();
            }
        }
    }

    /** The worker has been found to refuse connections. What it has to answer runs on; whether anybody is left the kernel finds out. */
    void foundRefusing() {
        if (state == State.CONNECTING) {
            giveUpIfNobodyWaits();
        } else if (lent > 0 && vigil != null) {
            vigil.ask(-1);
        }
    }

    private void giveUpIfNobodyWaits() {
        for (AttemptEvents each : List.copyOf(waiting)) {
            each.workerSilent();
        }
        if (waiting.isEmpty() && state == State.CONNECTING) {
            close();
        }
    }

    /** The worker answers again, which makes it likely that this one's end is still there. */
    void foundAnswering() {
        if (vigil != null) {
            vigil.rest();
        }
    }

    private List<Http2WorkerStream> streams() {
        List<Http2WorkerStream> all = new ArrayList<>();
        try {
            var _ = connection().forEachActiveStream(stream -> {
                Http2WorkerStream ours = stream.getProperty(key);
                if (ours != null) {
                    all.add(ours);
                }
                return true;
            });
        } catch (Http2Exception e) {
            LOG.debug("streams could not be looked at", e);
        }
        return all;
    }

    // ---- the connection

    private void awaitStream() {
        pool.loop().wheel().set(idle, pool.loop().clock().now() + pool.idleTime());
    }

    /** It is closed once its streams are over. */
    void takeNoMore() {
        if (state == State.OPEN) {
            state = State.LEAVING;
            if (lent == 0) {
                ctx().executor().execute(this::leaveIfUnused); // not in the middle of Netty's own doing
            }
        }
    }

    private void leaveIfUnused() {
        if (lent == 0 && state == State.LEAVING) {
            leave();
        }
    }

    /** Says that nothing more comes, and closes. */
    private void leave() {
        if (state != State.CLOSED) {
            end();
            var _ = ctx().pipeline().close(); // through this handler, which says GOAWAY
        }
    }

    private void close() {
        if (state != State.CLOSED) {
            end();
            if (ctx != null) {
                var _ = ctx.close();
            }
        }
    }

    private void end() {
        state = State.CLOSED;
        pool.loop().wheel().remove(idle);
        pool.gone(this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        ctx = context;
        vigil = new Vigil(pool.transport(), context.channel());
        super.handlerAdded(context);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        super.channelActive(context); // sends the preface
        decoder().flowController().incrementWindowSize(connection().connectionStream(), ALL_WINDOWS - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        pool.loop().clock().refresh();
        reading = true;
        heard = true;
        super.channelRead(context, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).paused();
        }
        touched.clear();
        reading = false;
        super.channelReadComplete(context); // flushes
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        pool.loop().clock().refresh();
        if (state == State.CONNECTING && established) { // else whoever makes it says what went wrong
            pool.refused(this, AttemptFailure.CONNECT_REFUSED, "it ended the connection without SETTINGS (HTTP/2): does it speak HTTP/1.1 alone?");
        } else if (state != State.CLOSED && state != State.CONNECTING) {
            end();
        }
        super.channelInactive(context); // closes the streams
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
            pool.loop().clock().refresh();
            close(); // nothing more can come, nor be sent, whether the connection below goes on or not
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
            LOG.error("an HTTP/2 connection to a worker failed", cause);
        }
        var _ = context.close();
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext context, boolean outbound, Throwable cause, @Nullable Http2Exception fault) {
        takeNoMore();
        super.onConnectionError(context, outbound, cause, fault);
    }

    @Override
    protected void onStreamError(ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception.StreamException fault) {
        Http2WorkerStream ours = find(fault.streamId());
        if (ours != null) {
            ours.malformed(fault instanceof Http2Exception.HeaderListSizeException ? BadMessage.HEAD_TOO_LARGE : null);
        } else {
            super.onStreamError(context, outbound, cause, fault);
        }
    }

    /** Sends what was written before the loop's turn ends: once, however many streams ask for it. */
    void flushSoon() {
        if (!reading && !flushFollows && state != State.CLOSED) {
            flushFollows = true;
            ctx().executor().execute(() -> {
                flushFollows = false;
                flush(ctx());
            });
        }
    }

    // ---- streams

    /** Opens one, or returns null if the worker takes no more of them. */
    @Nullable Http2Stream create(Http2WorkerStream ours) {
        if (state != State.OPEN || !connection().local().canOpenStream()) {
            return null;
        }
        int number = connection().local().incrementAndGetNextStreamId();
        if (number < 0 || number > LAST_NUMBER) {
            takeNoMore();
            return null;
        }
        try {
            Http2Stream stream = connection().local().createStream(number, false);
            stream.setProperty(key, ours);
            return stream;
        } catch (Http2Exception e) {
            LOG.debug("no stream could be opened", e);
            return null;
        }
    }

    private @Nullable Http2WorkerStream find(int streamId) {
        Http2Stream stream = connection().stream(streamId);
        return stream == null ? null : stream.getProperty(key);
    }

    /** How the attempt has failed whose stream is over without a response. */
    private AttemptFailure unanswered(int streamId) {
        if (connection().goAwayReceived() && streamId > connection().local().lastStreamKnownByPeer()) {
            return AttemptFailure.LEFT_BEHIND;
        }
        return served && !heard ? AttemptFailure.STALE : AttemptFailure.RESET;
    }

    void reset(Http2Stream stream, Http2Error error) {
        var _ = resetStream(ctx(), stream.id(), error.code(), ctx().newPromise());
        stream.close(); // at once: nothing of it that waits may follow
        flushSoon();
    }

    /** Lets the worker send as many bytes more. */
    void giveBack(Http2Stream stream, int bytes) {
        try {
            if (decoder().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            onError(ctx(), true, e);
        }
    }

    /** A body is on its way for which the worker may have no room for a while: that bytes stay unacknowledged does not mean that it is gone. */
    void sendsLargeBody() {
        vigil().begin(true);
    }

    private Vigil vigil() {
        return Objects.requireNonNull(vigil);
    }

    StreamPool pool() {
        return pool;
    }

    ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
            if (!settled) {
                settled = true;
                if (established && state == State.CONNECTING) {
                    opened();
                }
            }
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean ends) {
            Http2WorkerStream stream = find(streamId);
            if (stream != null) {
                touch(stream);
                stream.fields((Http2Fields) headers, ends);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int streamId,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean ends) {
            onHeadersRead(context, streamId, headers, padding, ends);
        }

        @Override
        public int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean ends) {
            Http2WorkerStream stream = find(streamId);
            if (stream == null) {
                return data.readableBytes() + padding;
            }
            touch(stream);
            return stream.data(data, padding, ends);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) {
            Http2WorkerStream stream = find(streamId);
            if (stream != null) {
                stream.resetByWorker(errorCode);
            }
        }

        private void touch(Http2WorkerStream stream) {
            if (stream.touch()) {
                touched.add(stream);
            }
        }
    }
}
