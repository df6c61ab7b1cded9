package io.weir.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.weir.config.ProxyVersion;
import io.weir.health.check.FirstBytes;
import io.weir.health.check.TlsFault;
import io.weir.health.check.Unconnected;
import io.weir.http.HeadLimits;
import io.weir.http.HeadWriter;
import io.weir.loop.Deadline;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one endpoint on one event loop: the idle ones, used again last in first out so that surplus ones grow old and are
 * closed, and the attempts that wait for one. Everything here runs on the loop, but for {@link #permitReturned}, {@link #spareOne},
 * {@link #foundSilent}, {@link #foundRefusing} and {@link #foundAnswering}.
 */
final class EndpointPool {
    /** How often idle connections are looked over, in ns. */
    private static final long SWEEP = TimeUnit.SECONDS.toNanos(1);

    private final Once silent;
    private final Once refusing;
    private final Once answering;
    private final Endpoint endpoint;
    private final EventLoops.Loop loop;
    private final Bootstrap bootstrap;
    private final Supplier<HeadLimits> responseLimits;
    private final int idleLimit;
    private final long idleTime;

    /** All that are open or being made, the oldest first. */
    private final Set<WorkerConnection> connections = new LinkedHashSet<>();

    private final ArrayDeque<WorkerConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<WorkerConnection> connecting = new ArrayDeque<>();
    private final HeadWriter headWriter = new HeadWriter();
    private final Waiters waiters;

    /** The fewest connections that were idle since the last look: those are surplus, the others are in use every now and then. */
    private int fewestIdle;

    private final Deadline sweep = new Deadline() {
        @Override
        protected void expired(long now) {
            lookOver(now);
        }
    };

    EndpointPool(Endpoint endpoint, EventLoops.Loop loop, Bootstrap bootstrap, Supplier<HeadLimits> responseLimits, int idleLimit, long idleTime) {
        this.endpoint = endpoint;
        this.loop = loop;
        this.waiters = new Waiters(endpoint, loop);
        this.silent = new Once(loop, this::giveBack);
        this.refusing = new Once(loop, this::giveBackUnconnected);
        this.answering = new Once(loop, () -> connections.forEach(WorkerConnection::foundAnswering));
        this.bootstrap = bootstrap;
        this.responseLimits = responseLimits;
        this.idleLimit = idleLimit;
        this.idleTime = idleTime;
    }

    /** Connections that nobody uses. */
    int idle() {
        return idle.size();
    }

    EventLoops.Loop loop() {
        return loop;
    }

    /** Where its connections put heads together. */
    HeadWriter headWriter() {
        return headWriter;
    }

    /** The option that bounds how long sent bytes may stay unacknowledged, or null. */
    TransportKind transport() {
        return endpoint.transport();
    }

    /** Whether each connection is for one attempt. */
    boolean servesOnce() {
        return endpoint.proxyProtocol() != null;
    }

    /** Whether a connection that serves nobody may wait for the next attempt: one in clear, for TLS that is not ours, must not. */
    boolean keeps(boolean secured) {
        return !servesOnce() && !endpoint.isRetired() && secured == (endpoint.secured() != null);
    }

    long idleTime() {
        return idleTime;
    }

    /** See {@link Connector#connect}. */
    @Nullable WorkerSide acquire(AttemptEvents events, long timeout, Need need, boolean fresh) {
        boolean newOne = fresh || need.isTunnel();
        long now = loop.clock().now();
        for (WorkerConnection connection; !newOne && (connection = idle.pollFirst()) != null; ) {
            fewestIdle = Math.min(fewestIdle, idle.size());
            if (connection.lend(events, now)) {
                return connection;
            }
        }
        if (endpoint.takePermit() || (newOne && takePermitOfIdle())) {
            connect(events, timeout, need);
        } else if (waiters.join(events, timeout, need, newOne)) {
            permitReturned(); // one that came back on another loop before we were seen to wait
        }
        return null;
    }

    /** Closes an idle connection for a new one. */
    private boolean takePermitOfIdle() {
        WorkerConnection oldest = idle.pollLast();
        if (oldest == null) {
            return false;
        }
        fewestIdle = Math.min(fewestIdle, idle.size());
        oldest.close();
        return endpoint.takePermit();
    }

    /** Takes a request for a connection back; whether one was being made for it. */
    boolean cancel(AttemptEvents events) {
        if (waiters.cancel(events)) {
            return false;
        }
        for (WorkerConnection connection : connecting) {
            if (connection.abandon(events)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #cancel}, because it took too long. The connection's own end may be far: looking a name up has a time-out of its own. */
    void giveUp(AttemptEvents events) {
        if (cancel(events)) {
            endpoint.connectFailed(loop.clock().now(), AttemptFailure.CONNECT_TIMEOUT);
        }
    }

    private void connect(AttemptEvents events, long timeout, Need need) {
        long now = loop.clock().now();
        endpoint.backoff().trying(now, timeout);
        WorkerConnection connection = new WorkerConnection(this, events, responseLimits.get());
        ProxyVersion proxyProtocol = endpoint.proxyProtocol();
        byte[] firstBytes = proxyProtocol == null ? null : events.proxyHeader(proxyProtocol);
        connections.add(connection);
        connecting.addLast(connection);
        Secured secured = need == Need.PASSTHROUGH ? null : endpoint.secured();
        ChannelFuture future = bootstrap
                .clone()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.clamp(TimeUnit.NANOSECONDS.toMillis(timeout), 1, Integer.MAX_VALUE))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (firstBytes != null) {
                            channel.pipeline().addLast(new FirstBytes(firstBytes));
                        }
                        wire(channel, connection, secured, timeout);
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
    private static void wire(Channel channel, WorkerConnection connection, @Nullable Secured secured, long timeout) {
        if (secured != null) {
            channel.pipeline().addLast(secured.handler(channel.alloc(), timeout, false));
        }
        channel.pipeline().addLast(connection);
    }

    private void connectEnded(WorkerConnection connection, ChannelFuture future) {
        SslHandler tls = future.isSuccess() && endpoint.secured() != null ? future.channel().pipeline().get(SslHandler.class) : null;
        if (tls != null) {
            var _ = tls.handshakeFuture().addListener(handshake -> handshakeEnded(connection, handshake));
            return;
        }
        long now = loop.clock().refresh();
        connecting.remove(connection);
        if (future.isSuccess()) {
            endpoint.connectSucceeded();
            connection.established();
        } else if (!connection.isClosed()) { // else we gave it up ourselves
            AttemptFailure how = AttemptFailure.of(Unconnected.of(future.cause()));
            endpoint.connectFailed(now, how);
            connection.refused(how);
        }
    }

    private void handshakeEnded(WorkerConnection connection, Future<?> handshake) {
        long now = loop.clock().refresh();
        connecting.remove(connection);
        if (handshake.isSuccess()) {
            endpoint.connectSucceeded();
            connection.established();
        } else if (!connection.isClosed()) {
            AttemptFailure how = AttemptFailure.ofHandshake(handshake.cause());
            endpoint.connectFailed(now, how, TlsFault.of(handshake.cause()));
            connection.refused(how);
        }
    }

    /** A connection that can serve again has nothing to do. */
    void nowIdle(WorkerConnection connection) {
        long now = loop.clock().now();
        Waiters.Waiter waiter = waiters.poll();
        if (waiter != null) {
            if (waiter.fresh()) {
                connection.close(); // gives its permit to the new one
                connectFor(waiter);
            } else if (connection.lend(waiter.events(), now)) {
                waiter.events().connected(connection);
            } else {
                connectFor(waiter);
            }
        } else if (endpoint.othersWait()) {
            connection.close(); // gives its permit to another loop
        } else {
            idle.addFirst(connection);
            armSweep(now);
        }
    }

    private void connectFor(Waiters.Waiter waiter) {
        WorkerSide side = acquire(waiter.events(), waiter.timeout(), waiter.need(), waiter.fresh());
        if (side != null) {
            waiter.events().connected(side);
        }
    }

    /** An idle connection was closed by its worker. */
    void gone(WorkerConnection connection) {
        idle.remove(connection);
        fewestIdle = Math.min(fewestIdle, idle.size());
    }

    /** A connection is over. */
    void closed(WorkerConnection connection) {
        connections.remove(connection);
        endpoint.returnPermit();
    }

    /** The worker has been found not to answer. Any thread; of several calls before the loop comes to it, as of many apps, one is enough. */
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

    /** Asks all who wait for the worker's first sign whether they would go elsewhere; closes what serves nobody. */
    void giveBack() {
        waiters.ask();
        List.copyOf(connections).forEach(WorkerConnection::foundSilent);
    }

    /** Asks those who wait for a connection. */
    void giveBackUnconnected() {
        waiters.ask();
        List.copyOf(connections).forEach(WorkerConnection::foundRefusing);
    }

    /** Closes what serves nobody; the rest is closed when it has served. Any thread. */
    void retire() {
        loop.executor().execute(() -> {
            loop.clock().refresh();
            for (WorkerConnection connection; (connection = idle.pollFirst()) != null; ) {
                connection.close();
            }
        });
    }

    /** A connection was closed somewhere. Any thread. */
    void permitReturned() {
        if (waiters.any()) {
            loop.executor().execute(() -> {
                loop.clock().refresh();
                if (waiters.any() && endpoint.takePermit()) {
                    Waiters.Waiter waiter = java.util.Objects.requireNonNull(waiters.poll());
                    connect(waiter.events(), waiter.timeout(), waiter.need());
                }
            });
        }
    }

    /** Somebody waits for a connection while some may be idle here. Any thread. */
    void spareOne() {
        loop.executor().execute(() -> {
            WorkerConnection connection = endpoint.othersWait() && !waiters.any() ? idle.pollLast() : null;
            if (connection != null) {
                connection.close();
            }
        });
    }

    private void armSweep(long now) {
        if (!sweep.isSet()) {
            fewestIdle = idle.size();
            loop.wheel().set(sweep, now + SWEEP);
        }
    }

    private void lookOver(long now) {
        int surplus = Math.min(fewestIdle, idle.size()) - idleLimit;
        while (surplus-- > 0) {
            WorkerConnection oldest = idle.pollLast();
            if (oldest != null) {
                oldest.close();
            }
        }
        for (Iterator<WorkerConnection> i = idle.descendingIterator(); i.hasNext(); ) {
            WorkerConnection connection = i.next();
            if (connection.tooOld(now)) {
                i.remove();
                connection.close();
            }
        }
        if (!idle.isEmpty()) {
            armSweep(now);
        }
    }
}
