package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
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
import io.weir.exchange.Exchange;
import io.weir.exchange.Peer;
import io.weir.exchange.SecurePort;
import io.weir.http.HpackBlocks;
import io.weir.http.Http2Fields;
import io.weir.http.Http2FieldsDecoder;
import io.weir.loop.Deadline;
import io.weir.tls.TlsFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/2 connection of a client (RFC 9113): many streams at once, each an {@link Http2ClientStream} with an exchange of its own, all on
 * the connection's event loop. Frames, their states and flow control are Netty's; a frame goes to its stream through a listener, and no
 * stream is a channel.
 *
 * <p>Memory: a client can make us hold 64 KiB a stream of requests that no worker takes, while they wait for a connection, and
 * {@link #WINDOW} bytes more of them all; and {@link Http2ClientStream#HIGH} bytes of responses a stream that it doesn't take itself.
 */
final class Http2ClientConnection extends Http2ConnectionHandler {
    /** How long a client whose connection is too old may still open streams, and keep it without one: it may not have heard yet. */
    static final long FAREWELL = TimeUnit.SECONDS.toNanos(5);
    /** How long a client may take, in ms, to take what is said last to a connection without streams. */
    private static final long LAST_WORDS = TimeUnit.SECONDS.toMillis(30);
    /** Bytes of all requests' bodies together that are not given on yet. That of one stream is HTTP/2's default, 64 KiB - 1. */
    static final int WINDOW = 1024 * 1024;
    /** CONTINUATION frames of a block that are smaller than they could be; Netty's own measure. */
    private static final int SMALL_CONTINUATIONS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Http2ClientConnection.class);

    private final FrontendLoop loop;
    private final ClientTimeouts timeouts;
    private final ListenerRules rules;
    private final @Nullable TlsFacts tls;
    private final Http2FrameGuard guard;
    private final Http2Connection.PropertyKey key;
    /** Streams of whose requests something has come in this turn. */
    private final List<Http2ClientStream> touched = new ArrayList<>();

    /** While there is no stream. */
    private final Deadline idle = new Deadline() {
        @Override
        protected void expired(long now) {
            goAway();
        }
    };
    /** While a header block is on its way. */
    private final Deadline head = new Deadline() {
        @Override
        protected void expired(long now) {
            headIsLate();
        }
    };

    /** Until it is too old. */
    private final Deadline age = new Deadline() {
        @Override
        protected void expired(long now) {
            tooOld(now);
        }
    };

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Peer peer;
    private boolean counted;
    private boolean open;
    private boolean reading;
    private boolean flushFollows;
    /** Whether the client has our settings: it knows that it may ask for WebSockets. */
    private boolean told;
    /** What had come whole when the unfinished head was first seen. */
    private long awaited;
    /** Whether the client was told to open no more streams. */
    private boolean leaving;
    /** Whether streams that it opens all the same are refused. */
    private boolean refusing;
    /** How long it may then stay without one, in ns. */
    private long grace;

    private Http2ClientConnection(
            FrontendLoop loop,
            ListenerRules rules,
            @Nullable TlsFacts tls,
            Http2FrameGuard guard,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings) {
        super(decoder, encoder, settings);
        this.loop = loop;
        this.timeouts = rules.timeouts();
        this.rules = rules;
        this.tls = tls;
        this.guard = guard;
        this.key = connection().newKey();
        gracefulShutdownTimeoutMillis(LAST_WORDS); // counts from when there are no streams, which have time-outs of their own
        decoder.frameListener(new Frames());
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamHalfClosed(Http2Stream stream) {
                Http2ClientStream ours = stream.getProperty(key);
                if (ours != null && !stream.state().localSideOpen()) {
                    ours.halfClosed();
                }
            }

            @Override
            public void onStreamClosed(Http2Stream stream) {
                streamClosed(stream);
            }
        });
    }

    /** A handler for a connection whose client is known to speak HTTP/2. */
    static Http2ClientConnection create(FrontendLoop loop, ListenerRules rules, @Nullable TlsFacts tls) {
        int list = Http2FieldsDecoder.listSize(loop.limits());
        DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
        connection.remote().maxActiveStreams(known(rules));
        connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        DefaultHttp2ConnectionEncoder encoder =
                new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter(new HpackBlocks()));
        Http2FrameGuard guard = new Http2FrameGuard(
                new DefaultHttp2FrameReader(new Http2FieldsDecoder(loop.http2Heads().received(), list), SMALL_CONTINUATIONS),
                connection,
                loop.loop().clock(),
                rules.http2().streams());
        DefaultHttp2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                connection, encoder, guard, Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false);
        Http2Settings settings = new Http2Settings().maxConcurrentStreams(rules.http2().streams()).maxHeaderListSize(list).connectProtocolEnabled(true);
        return new Http2ClientConnection(loop, rules, tls, guard, decoder, encoder, settings);
    }

    /** How many streams Netty lets a client have: more, so that it knows those which we refuse, and what of them is under way is no error. */
    private static int known(ListenerRules rules) {
        return 2 * rules.http2().streams();
    }

    // ---- the connection

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        ctx = context;
        super.handlerAdded(context);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        loop.loop().clock().refresh();
        counted = loop.limit().opened();
        begin();
        super.channelActive(context);
        if (!counted) {
            var _ = context.close();
        } else if (leaving) {
            askToGo();
        }
    }

    /** Goes on with a connection that another handler has opened and counted; {@code in} is what has come. */
    void takeOver(ByteBuf in) {
        counted = true;
        begin();
        if (leaving) {
            askToGo();
        }
        try {
            channelRead(ctx(), in);
        } catch (Exception e) {
            exceptionCaught(ctx(), e);
        }
    }

    private void begin() {
        open = true;
        loop.add(this);
        ctx().channel().config().setOption(ChannelOption.TCP_NODELAY, true); // what is there at once is flushed at once
        awaitStream();
        awaitHead();
        if (loop.draining()) {
            leaving = true;
        } else if (rules.http2().age() != Http2Rules.FOR_EVER) {
            long most = rules.http2().age();
            long early = loop.exchanges().random().nextLong(most / 10 + 1); // who came together doesn't come back together
            loop.loop().wheel().set(age, loop.loop().clock().now() + most - early);
        }
    }

    private void widenWindow() throws Http2Exception {
        decoder().flowController().incrementWindowSize(connection().connectionStream(), WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    }

    private void awaitStream() {
        loop.loop().wheel().set(idle, loop.loop().clock().now() + (leaving ? grace : timeouts.idle()));
    }

    private void awaitHead() {
        if (!head.isSet() || awaited != guard.whole()) {
            awaited = guard.whole();
            loop.loop().wheel().set(head, loop.loop().clock().now() + timeouts.head());
        }
    }

    /**
     * First it is asked to go, and later its streams are refused; those that it has run on. A GOAWAY with the last one's number comes when they
     * are over: once that is said, Netty takes what follows of streams that are on their way for an error of the connection.
     */
    private void tooOld(long now) {
        if (leaving) {
            refusing = true;
        } else {
            leave(FAREWELL);
            loop.loop().wheel().set(age, now + FAREWELL);
        }
    }

    private void headIsLate() {
        tellToGo(Http2Error.PROTOCOL_ERROR);
        var _ = ctx().close();
    }

    /** Asks for no more streams. Those that are on their way already are served: which these are the client learns at the end. */
    private void askToGo() {
        tellToGo(Integer.MAX_VALUE, Http2Error.NO_ERROR);
    }

    /** Says that it is over: what is above the newest stream was not served. */
    private void tellToGo(Http2Error why) {
        tellToGo(connection().remote().lastStreamCreated(), why);
    }

    private void tellToGo(int last, Http2Error why) {
        var _ = goAway(ctx(), last, why.code(), Unpooled.EMPTY_BUFFER, ctx().newPromise());
        flush(ctx());
    }

    /** Takes no more streams, and closes once the client has that. */
    private void goAway() {
        tellToGo(Http2Error.NO_ERROR);
        var _ = ctx().pipeline().close(); // through this handler, which waits for that
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        loop.loop().clock().refresh();
        reading = true;
        super.channelRead(context, message);
        if (guard.isHeadUnfinished()) {
            awaitHead();
        } else if (decoder().prefaceReceived()) {
            head.clear();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).requestPaused();
        }
        touched.clear();
        reading = false;
        super.channelReadComplete(context); // flushes
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        loop.loop().clock().refresh();
        super.channelWritabilityChanged(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        loop.loop().clock().refresh();
        open = false;
        loop.loop().wheel().remove(idle);
        loop.loop().wheel().remove(head);
        loop.loop().wheel().remove(age);
        loop.remove(this);
        if (counted) {
            loop.limit().closed();
        }
        super.channelInactive(context); // closes the streams
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
            LOG.error("a client's HTTP/2 connection failed", cause);
        }
        var _ = context.close();
    }

    @Override
    protected void onStreamError(ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception.StreamException fault) {
        int streamId = fault.streamId();
        if (connection().stream(streamId) == null && guard.wasResetByUs(streamId)) {
            return; // it was on its way when we reset the stream (RFC 9113, 5.1)
        }
        if (fault instanceof Http2Exception.HeaderListSizeException tooLarge && tooLarge.duringDecode() && refuseFields(streamId)) {
            return;
        }
        guard.reset();
        super.onStreamError(context, outbound, cause, fault);
    }

    /** Fields are over the limit, be it a request's head, which is answered as any other, or its trailers. Whether their stream is known now. */
    private boolean refuseFields(int streamId) {
        Http2ClientStream known = find(streamId);
        if (known != null) {
            known.refuseTrailers();
            return true;
        }
        try {
            adopt(connection().remote().createStream(streamId, guard.endsStream())).refuseHead(guard.endsStream());
            return true;
        } catch (Http2Exception e) {
            LOG.debug("a stream with too large fields could not be opened", e);
            return false;
        }
    }

    /** Sends what was written before the loop's turn ends: once, however many streams ask for it. */
    void flushSoon() {
        if (!reading && !flushFollows) {
            flushFollows = true;
            ctx().executor().execute(() -> {
                flushFollows = false;
                flush(ctx());
            });
        }
    }

    // ---- streams

    private Http2ClientStream adopt(Http2Stream stream) {
        Http2ClientStream ours = new Http2ClientStream(this, stream);
        stream.setProperty(key, ours);
        idle.clear();
        return ours;
    }

    private @Nullable Http2ClientStream find(int streamId) {
        Http2Stream stream = connection().stream(streamId);
        return stream == null ? null : stream.getProperty(key);
    }

    private void streamClosed(Http2Stream stream) {
        Http2ClientStream ours = stream.removeProperty(key);
        if (ours != null) {
            if (ours.endedByClient()) {
                guard.ended(stream.id());
            }
            ours.closed();
        }
        if (open && connection().numActiveStreams() == 0) {
            awaitStream();
        }
    }

    /** Something of a stream's request has come. */
    void touch(Http2ClientStream stream) {
        touched.add(stream);
    }

    /** Lets the client send as many bytes more. */
    void giveBack(Http2Stream stream, int bytes) {
        try {
            if (decoder().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            onError(ctx(), true, e);
        }
    }

    void reset(Http2Stream stream, Http2Error error) {
        guard.resetByUs(stream.id());
        var _ = resetStream(ctx(), stream.id(), error.code(), ctx().newPromise());
        stream.close(); // at once: nothing of it that waits may follow, and the client may take as long as it likes to read that
        flushSoon();
    }

    FrontendLoop loop() {
        return loop;
    }

    ClientTimeouts timeouts() {
        return timeouts;
    }

    /** Where the keys of WebSockets come from; null before the client knows that it may ask for one. */
    @Nullable RandomGenerator keys() {
        return told ? loop.exchanges().random() : null;
    }

    Http2FrameGuard guard() {
        return guard;
    }

    /** What answers have as Strict-Transport-Security, or null. */
    @Nullable String hsts() {
        return rules.hsts();
    }

    @Nullable String onlyRegion() {
        return rules.onlyRegion();
    }

    /** Where a client without TLS is to come back, or null. */
    @Nullable SecurePort securePort() {
        return rules.securePort();
    }

    Peer peer() {
        Peer other = peer;
        if (other == null) {
            other = loop.peers().ofHttp2(Ends.clientOf(ctx().channel()), Ends.hereOf(ctx().channel()), tls);
            peer = other;
        }
        return other;
    }

    ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
            if (decoder().flowController().initialWindowSize(connection().connectionStream()) < WINDOW) {
                widenWindow();
            }
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext context) {
            told = true;
            connection().remote().maxActiveStreams(known(rules)); // Netty has just made it what the client was told
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean ends) {
            Http2Stream stream = Objects.requireNonNull(connection().stream(streamId));
            Http2ClientStream known = stream.getProperty(key);
            Http2Fields fields = (Http2Fields) headers;
            if (known != null) {
                known.trailers(fields, ends);
            } else if (refusing || connection().numActiveStreams() > rules.http2().streams()) {
                guard.refused();
                reset(stream, Http2Error.REFUSED_STREAM);
            } else {
                adopt(stream).begin(fields, ends);
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
            Http2ClientStream stream = find(streamId);
            return stream == null ? data.readableBytes() + padding : stream.data(data, padding, ends);
        }
    }

    // ---- drain

    void drain(long idleGrace) {
        loop.loop().wheel().remove(age);
        leave(idleGrace);
    }

    private void leave(long idleGrace) {
        leaving = true;
        grace = idleGrace;
        askToGo();
        if (connection().numActiveStreams() == 0) {
            awaitStream();
        }
    }

    ListenerRules rules() {
        return rules;
    }

    /** All of its streams that have an exchange. */
    void eachExchange(Consumer<Exchange> action) {
        eachStream(stream -> {
            Exchange exchange = stream.underWay();
            if (exchange != null) {
                action.accept(exchange);
            }
        });
    }

    private void eachStream(Consumer<Http2ClientStream> action) {
        try {
            var _ = connection().forEachActiveStream(stream -> {
                Http2ClientStream ours = stream.getProperty(key);
                if (ours != null) {
                    action.accept(ours);
                }
                return true;
            });
        } catch (Http2Exception e) {
            LOG.debug("streams could not be looked at", e);
        }
    }

    void endDrain() {
        eachStream(Http2ClientStream::drained);
        tellToGo(Http2Error.NO_ERROR);
        var _ = ctx().close();
    }
}
