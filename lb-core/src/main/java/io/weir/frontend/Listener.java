package io.weir.frontend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.weir.config.PlainHttp;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.topology.BindAddress;
import io.weir.upstream.ReadSizes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An address that clients connect to. Each event loop has a listening socket of its own there (SO_REUSEPORT), so that a connection is
 * accepted where it will be served; NIO has no such option, and one acceptor hands its channels over.
 */
public final class Listener implements AutoCloseable {
    /** How long an event loop may take to bind or close a socket: far longer than it does, unless it has died. */
    private static final int PATIENCE_SECONDS = 30;

    private static final int BACKLOG = 8192; // the kernel takes the lesser of this and net.core.somaxconn
    /** What the kernel may hold of a response beyond what it has sent, in bytes. */
    private static final int UNSENT = 256 * 1024;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final List<Channel> sockets;
    private final InetSocketAddress address;

    private Listener(List<Channel> sockets) {
        this.sockets = sockets;
        this.address = (InetSocketAddress) sockets.getFirst().localAddress();
    }

    /**
     * Listens at {@code bind}. Connections that come wait in the kernel's queue until {@link #accept}.
     *
     * @throws IOException if the address can't be had, because another process listens there or it is not one of this machine's
     */
    public static Listener open(
            BindAddress bind, ListenerRules rules, EventLoops loops, List<FrontendLoop> frontends)
            throws IOException {
        InetSocketAddress wanted = bind.host().isEmpty() ? new InetSocketAddress(bind.port()) : new InetSocketAddress(bind.host(), bind.port());
        probe(wanted);
        IdentityHashMap<Object, FrontendLoop> byExecutor = new IdentityHashMap<>();
        frontends.forEach(frontend -> byExecutor.put(frontend.loop().executor(), frontend));
        ChannelInitializer<Channel> clients = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                wire(channel, java.util.Objects.requireNonNull(byExecutor.get(channel.eventLoop())), rules);
            }
        };
        TransportKind transport = loops.transport();
        ChannelOption<Boolean> reusePort = transport.reusePort();
        boolean noDelay = rules.tls() != null || rules.tcp() != null;
        List<Channel> sockets = new ArrayList<>();
        try {
            if (reusePort == null) {
                EventLoopGroup all = java.util.Objects.requireNonNull(loops.loops().getFirst().executor().parent());
                sockets.add(listen(transport, noDelay, loops.loops().getFirst().executor(), all, null, clients, wanted));
            } else {
                for (EventLoops.Loop loop : loops.loops()) {
                    sockets.add(listen(transport, noDelay, loop.executor(), loop.executor(), reusePort, clients, wanted));
                    wanted = (InetSocketAddress) sockets.getFirst().localAddress(); // port 0 was chosen by the first
                }
            }
        } catch (IOException e) {
            close(sockets);
            throw e;
        }
        return new Listener(sockets);
    }

    /** With SO_REUSEPORT a second process would share our connections without a word: it must fail instead. */
    private static void probe(InetSocketAddress wanted) throws IOException {
        try (ServerSocket test = new ServerSocket()) {
            test.setReuseAddress(true);
            test.bind(wanted, 1);
        }
    }

    private static Channel listen(
            TransportKind transport,
            boolean noDelay,
            EventLoopGroup acceptor,
            EventLoopGroup children,
            @Nullable ChannelOption<Boolean> reusePort,
            ChannelInitializer<Channel> clients,
            InetSocketAddress address)
            throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(acceptor, children)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, ReadSizes.fromClients())
                .childHandler(clients);
        if (reusePort != null) {
            bootstrap.option(reusePort, true);
        }
        if (transport.unsentLimit() != null) {
            bootstrap.option(transport.unsentLimit(), UNSENT);
        }
        if (noDelay && transport.noDelay() != null) {
            bootstrap.option(transport.noDelay(), 1);
        } else if (noDelay) {
            bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(address);
        if (!bound.awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the event loop does not answer");
        }
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    /** What a client's bytes pass through, in this order. */
    private static void wire(Channel channel, FrontendLoop loop, ListenerRules rules) {
        if (rules.tls() == null && rules.plainHttp() == PlainHttp.DROP) {
            channel.pipeline().addLast(ClosedDoor.HERE);
            return;
        }
        ChannelHandler first = rules.tls() == null ? null : rules.tls().firstHandler(); // the engine takes its place, chosen by what the client says first
        if (rules.entrance() != null) {
            if (!rules.entrance().open(channel, first)) {
                return;
            }
        } else if (first != null) {
            channel.pipeline().addLast(first);
        }
        channel.pipeline().addLast(rules.tcp() == null ? new ClientConnection(loop, rules) : new TcpConnection(loop, rules));
    }

    /** Where it listens, with the port that was given if the config asked for any. */
    public InetSocketAddress address() {
        return address;
    }

    /** Begins to accept connections, those first that have come meanwhile. */
    public void accept() {
        sockets.forEach(socket -> socket.config().setAutoRead(true));
    }

    /** Accepts no more connections; those that are open stay. */
    @Override
    public void close() {
        close(sockets);
    }

    private static void close(List<Channel> sockets) {
        for (Channel socket : sockets) {
            var _ = socket.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
