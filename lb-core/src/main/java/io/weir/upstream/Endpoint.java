package io.weir.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import io.weir.config.ProxyVersion;
import io.weir.config.UpstreamSettings;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.topology.WorkerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An address that workers answer at, with its connections: a pool for each event loop, one limit for all. Shared by every pool of every app
 * that names it with the same settings. A name is looked up again for each new connection, as long as its DNS answer lives.
 */
public final class Endpoint {
    /**
     * Bytes that we sent and that nobody took for so long mean that the worker's machine is gone (TCP_USER_TIMEOUT). The kernel counts a
     * worker that is alive and reads nothing too, so it does not hold for connections that carry a large body.
     */
    static final int UNACKNOWLEDGED_MILLIS = (int) TimeUnit.SECONDS.toMillis(5);

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    /**
     * What the kernel may hold of a response that nobody reads, in bytes; it allows itself twice that with its own overhead. When a worker
     * has sent its FIN, Netty reads all of it at once, whether the client takes more or not (epoll and io_uring). Left alone, the kernel
     * would let it grow to tcp_rmem's 6 to 32 MiB.
     */
    private static final int RECEIVED = 512 * 1024;

    /** What the kernel may hold of a request beyond what it has sent, in bytes. */
    private static final int UNSENT = 256 * 1024;

    private final WorkerAddress address;
    private final UpstreamSettings settings;
    private final InetSocketAddress socketAddress;
    private final ConnectBackoff backoff = new ConnectBackoff();
    private final AtomicInteger open = new AtomicInteger();
    /** Attempts that wait for a connection, on all loops. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final EndpointListener listener;
    private final List<EndpointPool> pools;
    /** Where the worker speaks HTTP/2; else empty. */
    private final List<StreamPool> streams = new ArrayList<>();
    private final TransportKind transport;
    private final @Nullable Secured secured;
    private volatile boolean refusing;
    /** Nobody is sent there any more, but who was on the way. */
    private volatile boolean retired;
    /** Targets that have it. For the thread that makes tables. */
    private int users;

    Endpoint(
            WorkerAddress address,
            UpstreamSettings settings,
            Supplier<HeadLimits> responseLimits,
            EventLoops loops,
            AddressResolverGroup<?> names,
            @Nullable Secured secured,
            EndpointListener listener) {
        this.address = address;
        this.secured = secured;
        this.listener = listener;
        this.settings = settings;
        this.socketAddress = socketAddress(address);
        this.pools = new ArrayList<>();
        this.transport = loops.transport();
        int idle = Math.ceilDiv(settings.idleConnections(), loops.loops().size());
        for (EventLoops.Loop loop : loops.loops()) {
            pools.add(new EndpointPool(this, loop, bootstrap(loops, loop, names), responseLimits, idle, settings.idle().toNanos()));
            if (settings.http2()) {
                streams.add(new StreamPool(this, loop, bootstrap(loops, loop, names), responseLimits, settings.idle().toNanos()));
            }
        }
    }

    private static InetSocketAddress socketAddress(WorkerAddress address) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(address.host());
        if (literal == null) {
            return InetSocketAddress.createUnresolved(address.host(), address.port());
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(literal), address.port());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no IP address: " + address, e);
        }
    }

    private Bootstrap bootstrap(EventLoops loops, EventLoops.Loop loop, AddressResolverGroup<?> names) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.executor())
                .channel(loops.transport().socketChannel())
                .remoteAddress(socketAddress)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.SO_RCVBUF, RECEIVED)
                .option(ChannelOption.AUTO_CLOSE, false) // after a failed write the answer may still be there to be read
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(ChannelOption.RECVBUF_ALLOCATOR, ReadSizes.fromWorkers());
        ChannelOption<Integer> userTimeout = loops.transport().userTimeout();
        if (userTimeout != null) {
            bootstrap.option(userTimeout, UNACKNOWLEDGED_MILLIS);
        }
        if (loops.transport().unsentLimit() != null) {
            bootstrap.option(loops.transport().unsentLimit(), UNSENT);
        }
        if (socketAddress.isUnresolved()) {
            bootstrap.resolver(names);
        }
        return bootstrap;
    }

    public WorkerAddress address() {
        return address;
    }

    EndpointPool onLoop(int index) {
        return pools.get(index);
    }

    /** Where requests find a place, if the worker speaks HTTP/2; else null. */
    @Nullable StreamPool streamsOn(int index) {
        return streams.isEmpty() ? null : streams.get(index);
    }

    /** Whether a connection may be tried at {@code now} ns. */
    public boolean connectable(long now) {
        return backoff.over(now);
    }

    /** What a new connection begins with, or null. */
    @Nullable Secured secured() {
        return secured;
    }

    TransportKind transport() {
        return transport;
    }

    /** How its connections say whom they are for, or null. If they do, each serves one attempt: the next may be for somebody else. */
    @Nullable ProxyVersion proxyProtocol() {
        return settings.proxyProtocol();
    }

    ConnectBackoff backoff() {
        return backoff;
    }

    void connectFailed(long now, AttemptFailure how) {
        connectFailed(now, how, null);
    }

    /** @param detail what is wrong, for people; or null if {@code how} says it all */
    void connectFailed(long now, AttemptFailure how, @Nullable String detail) {
        if (how.ofWorker() && backoff.failed(now, how)) {
            listener.resting(address, how, detail);
        }
    }

    void connectSucceeded() {
        if (backoff.succeeded()) {
            listener.back(address);
        }
    }

    /** Why and how long it is kept from requests at {@code now} ns, or null if it isn't. */
    public @Nullable Rest rest(long now) {
        return backoff.rest(now);
    }

    /** Attempts that wait for a connection. */
    public int queued() {
        return waiting.get();
    }

    /** Connections of one event loop that nobody uses. On that loop only. */
    public int idleOn(int loop) {
        return pools.get(loop).idle();
    }

    /** Connections that are open or being made. */
    public int connections() {
        return open.get();
    }

    /**
     * The worker has been found not to answer. Requests that wait for its first byte, or for a connection to it, and that another worker
     * could serve, are given back to be tried there; its idle connections are closed, and those being made if nobody waits for them any
     * more. What it has begun to answer runs on. Any thread; each event loop does its part when it comes to it.
     */
    public void foundSilent() {
        pools.forEach(EndpointPool::foundSilent);
        streams.forEach(StreamPool::foundSilent);
    }

    /**
     * The worker has been found to refuse connections. Attempts that wait for one, and that another worker could serve, are given back to be
     * tried there; connections that are being made are closed if nobody waits for them any more. Requests that it has run on, as one that
     * shuts down refuses while it still answers; whether anybody is left at their connections is for the kernel to find out, soon. Any
     * thread; each event loop does its part when it comes to it.
     */
    public void foundRefusing() {
        refusing = true;
        pools.forEach(EndpointPool::foundRefusing);
        streams.forEach(StreamPool::foundRefusing);
    }

    /** The worker has been found to answer: it needs no rest, and the kernel no longer looks for it. Any thread. */
    public void proven() {
        connectSucceeded();
        if (refusing) {
            refusing = false;
            pools.forEach(EndpointPool::foundAnswering);
            streams.forEach(StreamPool::foundAnswering);
        }
    }

    /** Another target has it. */
    public void join() {
        users++;
    }

    /** One fewer has it; whether it was the last. */
    boolean leave() {
        return --users == 0;
    }

    /** From now on no connection of it is kept that serves nobody. Any thread. */
    void retire() {
        retired = true;
        pools.forEach(EndpointPool::retire);
        streams.forEach(StreamPool::retire);
    }

    boolean isRetired() {
        return retired;
    }

    /** Takes one of the connections that may be open. */
    boolean takePermit() {
        int most = settings.connections();
        for (int now = open.get(); now < most; now = open.get()) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** A connection is gone: if attempts wait for one, whichever loop they are on, they may try again. */
    void returnPermit() {
        open.decrementAndGet();
        if (waiting.get() > 0) {
            for (EndpointPool pool : pools) {
                pool.permitReturned();
            }
            streams.forEach(StreamPool::permitReturned);
        }
    }

    /** Takes a place in the queue for a connection, and asks the other loops to give up one that is idle. */
    boolean joinQueue() {
        if (waiting.incrementAndGet() > settings.queue()) {
            waiting.decrementAndGet();
            return false;
        }
        for (EndpointPool pool : pools) {
            pool.spareOne();
        }
        return true;
    }

    void leaveQueue() {
        waiting.decrementAndGet();
    }

    boolean othersWait() {
        return waiting.get() > 0;
    }
}
