package io.weir.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.weir.health.check.TlsFault;
import io.weir.health.check.Unconnected;
import io.weir.http.HeadLimits;
import io.weir.http.HeadWriter;
import io.weir.http.HpackBlock;
import io.weir.http.Http2Fields;
import io.weir.http.ResponseParser;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one endpoint on one event loop, each of which carries many exchanges at once, and the attempts that wait for a
 * stream. A connection is filled before another is opened; what bounds an endpoint is the number of its streams. Everything here runs on
 * the loop, but for {@link #permitReturned}, {@link #foundSilent}, {@link #foundRefusing} and {@link #foundAnswering}.
 */
final class StreamPool {
    private static final int KEPT = 64 * 1024;

    private final Endpoint endpoint;
    private final EventLoops.Loop loop;
    private final Bootstrap bootstrap;
    private final Supplier<HeadLimits> responseLimits;
    private final long idleTime;
    private final Waiters waiters;
    /** All that are open or being made, the oldest first. */
    private final List<Http2WorkerConnection> connections = new ArrayList<>();

    private final Once silent;
    private final Once refusing;
    private final Once answering;

    // where heads are made, one after the other
    private final HeadWriter requestLines = new HeadWriter();
    private final HpackBlock block = new HpackBlock();
    private final Http2Fields received = new Http2Fields();
    private HeadLimits parsed;
    private ResponseParser parser;
    private ByteBuf responseLines = Unpooled.buffer(2048);

    StreamPool(Endpoint endpoint, EventLoops.Loop loop, Bootstrap bootstrap, Supplier<HeadLimits> responseLimits, long idleTime) {
        this.endpoint = endpoint;
        this.loop = loop;
        this.bootstrap = bootstrap;
        this.responseLimits = responseLimits;
        this.parsed = responseLimits.get();
        this.parser = new ResponseParser(parsed);
        this.idleTime = idleTime;
        this.waiters = new Waiters(endpoint, loop);
        this.silent = new Once(loop, () -> askAll(Http2WorkerConnection::foundSilent));
        this.refusing = new Once(loop, () -> askAll(Http2WorkerConnection::foundRefusing));
        this.answering = new Once(loop, () -> connections.forEach(Http2WorkerConnection::foundAnswering));
    }

    EventLoops.Loop loop() {
        return loop;
    }

    TransportKind transport() {
        return endpoint.transport();
    }

    HeadLimits responseLimits() {
        return responseLimits.get();
    }

    /** How long a connection without streams is kept, in ns. */
    long idleTime() {
        return idleTime;
    }

    HeadWriter requestLines() {
        return requestLines.begin();
    }

    HpackBlock block() {
        return block;
    }

    /** Where all blocks of this pool's connections are decoded. */
    Http2Fields received() {
        return received;
    }

    /** An empty buffer for the lines of one response. */
    ByteBuf responseLines() {
        if (responseLines.capacity() > KEPT) {
            responseLines = Unpooled.buffer(2048);
        }
        return responseLines.clear();
    }

    /** Within the limits as they are now. */
    ResponseParser parser() {
        HeadLimits now = responseLimits.get();
        if (!now.equals(parsed)) {
            parsed = now;
            parser = new ResponseParser(now);
        }
        return parser;
    }

    /** Closes what has no streams; the rest is closed when they are over. Any thread. */
    void retire() {
        loop.executor().execute(() -> {
            loop.clock().refresh();
            List.copyOf(connections).forEach(Http2WorkerConnection::takeNoMore);
        });
    }

    /** Whether nobody is sent to its worker any more. */
    boolean isRetired() {
        return endpoint.isRetired();
    }

    boolean isSecured() {
        return endpoint.secured() != null;
    }

    /** See {@link Connector#connect}. */
    @Nullable WorkerSide acquire(AttemptEvents events, long timeout, boolean fresh) {
        if (endpoint.takePermit()) {
            return open(events, timeout, fresh);
        }
        if (waiters.join(events, timeout, Need.REQUEST, fresh)) {
            permitReturned(); // one that came back on another loop before we were seen to wait
        }
        return null;
    }

    private @Nullable WorkerSide open(AttemptEvents events, long timeout, boolean fresh) {
        for (Http2WorkerConnection connection : connections) {
            if (connection.hasRoom() && (!fresh || connection.isConnecting())) {
                return connection.open(events);
            }
        }
        connect(events, timeout);
        return null;
    }

    private void connect(AttemptEvents events, long timeout) {
        endpoint.backoff().trying(loop.clock().now(), timeout);
        Http2WorkerConnection connection = Http2WorkerConnection.create(this, timeout);
        connections.add(connection);
        var _ = connection.open(events); // before it can fail
        ChannelFuture future = bootstrap
                .clone()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.clamp(TimeUnit.NANOSECONDS.toMillis(timeout), 1, Integer.MAX_VALUE))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        wire(channel, connection, timeout);
                    }
                })
                .connect();
        future.addListener(_ -> {
            if (loop.executor().inEventLoop()) {
                connectEnded(connection, future);
            } else { // no channel could be made, for want of descriptors: Netty tells it on a thread of its own
                loop.executor().execute(() -> connectEnded(connection, future));
            }
        });
    }

    /** What a worker's bytes pass through, in this order. */
    private void wire(Channel channel, Http2WorkerConnection connection, long timeout) {
        Secured secured = endpoint.secured();
        if (secured != null) {
            channel.pipeline().addLast(secured.handler(channel.alloc(), timeout, true));
        }
        channel.pipeline().addLast(connection);
    }

    private void connectEnded(Http2WorkerConnection connection, ChannelFuture future) {
        SslHandler tls = future.isSuccess() && isSecured() ? future.channel().pipeline().get(SslHandler.class) : null;
        if (tls != null) {
            var _ = tls.handshakeFuture().addListener(handshake -> handshakeEnded(connection, tls, handshake));
            return;
        }
        loop.clock().refresh();
        if (future.isSuccess()) {
            established(connection);
        } else {
            refused(connection, AttemptFailure.of(Unconnected.of(future.cause())), null);
        }
    }

    private void handshakeEnded(Http2WorkerConnection connection, SslHandler tls, Future<?> handshake) {
        loop.clock().refresh();
        if (!handshake.isSuccess()) {
            refused(connection, AttemptFailure.ofHandshake(handshake.cause()), TlsFault.of(handshake.cause()));
        } else if (!ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
            refused(connection, AttemptFailure.TLS_FAILED, "it speaks no HTTP/2 (ALPN); write protocol: http1, or have it speak h2");
        } else {
            established(connection);
        }
    }

    /** There is a connection: whether its worker speaks HTTP/2, its SETTINGS say. */
    private static void established(Http2WorkerConnection connection) {
        if (connection.isConnecting()) {
            connection.established();
        }
    }

    /** The worker speaks HTTP/2. */
    void opened() {
        endpoint.connectSucceeded();
    }

    /** A connection that was being made is none; {@code detail} says more, for people. */
    void refused(Http2WorkerConnection connection, AttemptFailure how, @Nullable String detail) {
        if (connection.isConnecting()) { // else we gave it up ourselves
            endpoint.connectFailed(loop.clock().now(), how, detail);
            connection.refused(how);
        }
    }

    /** An attempt for which a new connection has no room; it has its permit. */
    void moveOn(AttemptEvents events, long timeout) {
        WorkerSide side = open(events, timeout, false);
        if (side != null) {
            events.connected(side);
        }
    }

    /** A connection is over. */
    void gone(Http2WorkerConnection connection) {
        connections.remove(connection);
    }

    /** A stream is over, or was never opened. */
    void returnPermit() {
        endpoint.returnPermit();
    }

    /** Takes a request for a stream back; whether it was known here. */
    boolean cancel(AttemptEvents events) {
        return waiters.cancel(events) || abandon(events);
    }

    private boolean abandon(AttemptEvents events) {
        for (Http2WorkerConnection connection : connections) {
            if (connection.abandon(events)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #cancel}, because it took too long. */
    boolean giveUp(AttemptEvents events) {
        if (waiters.cancel(events)) {
            return true;
        }
        boolean connecting = abandon(events);
        if (connecting) {
            endpoint.connectFailed(loop.clock().now(), AttemptFailure.CONNECT_TIMEOUT);
        }
        return connecting;
    }

    /** A stream ended somewhere. Any thread. */
    void permitReturned() {
        if (waiters.any()) {
            loop.executor().execute(() -> {
                loop.clock().refresh();
                if (waiters.any() && endpoint.takePermit()) {
                    Waiters.Waiter waiter = Objects.requireNonNull(waiters.poll());
                    WorkerSide side = open(waiter.events(), waiter.timeout(), waiter.fresh());
                    if (side != null) {
                        waiter.events().connected(side);
                    }
                }
            });
        }
    }

    /** The worker has been found not to answer. Any thread; of several calls before the loop comes to it one is enough. */
    void foundSilent() {
        silent.ask();
    }

    /** The worker has been found to refuse connections. As {@link #foundSilent}. */
    void foundRefusing() {
        refusing.ask();
    }

    /** The worker answers again. As {@link #foundSilent}. */
    void foundAnswering() {
        answering.ask();
    }

    private void askAll(Consumer<Http2WorkerConnection> connection) {
        waiters.ask();
        List.copyOf(connections).forEach(connection);
    }
}
