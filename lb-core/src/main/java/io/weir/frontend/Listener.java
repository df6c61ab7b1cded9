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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An address that clients connect to. Each event loop has a listening socket of its own there (SO_REUSEPORT), so that a connection is
 * accepted where it will be served; NIO has no such option, and one acceptor hands its channels over.
 */
public final class Listener implements AutoCloseable {
    /** How long an event loop may take to bind or close a socket: far longer than it does, unless it has died. */
    private static final int PATIENCE_SECONDS = 30;

    /** Until an accepting that was called off has come to its end: with io_uring the kernel may have one at hand. Far longer than it takes. */
    private static final int LEAVE_MILLIS = 200;

    private static final int BACKLOG = 8192; // the kernel takes the lesser of this and net.core.somaxconn
    /** What the kernel may hold of a response beyond what it has sent, in bytes. */
    private static final int UNSENT = 256 * 1024;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final TransportKind transport;
    private final List<Channel> sockets;
    private final InetSocketAddress address;
    /** Of connections that come; read by loops. */
    private final AtomicReference<ListenerRules> rules;
    /** Those that connections may have come in by, beside these. One thread at a time. */
    private final List<ListenerRules> earlier = new ArrayList<>();

    private Listener(TransportKind transport, List<Channel> sockets, InetSocketAddress address, AtomicReference<ListenerRules> rules) {
        this.transport = transport;
        this.sockets = sockets;
        this.address = address;
        this.rules = rules;
    }

    /**
     * Listens at {@code bind}. Connections that come wait in the kernel's queue until {@link #accept}.
     *
     * @param inherited sockets of another process that listen there already, which become this one's; null: none
     * @throws IOException if the address can't be had, because another process listens there or it is not one of this machine's
     */
    public static Listener open(
            BindAddress bind, ListenerRules rules, EventLoops loops, List<FrontendLoop> frontends, @Nullable ListeningSockets inherited)
            throws IOException {
        return open(bind, rules, loops, frontends, inherited, inherited == null);
    }

    /** The same beside one of this process's own that is at the port already, and is about to go. */
    public static Listener openBeside(BindAddress bind, ListenerRules rules, EventLoops loops, List<FrontendLoop> frontends) throws IOException {
        return open(bind, rules, loops, frontends, null, false);
    }

    private static Listener open(
            BindAddress bind,
            ListenerRules rules,
            EventLoops loops,
            List<FrontendLoop> frontends,
            @Nullable ListeningSockets inherited,
            boolean alone)
            throws IOException {
        InetSocketAddress wanted = bind.host().isEmpty() ? new InetSocketAddress(bind.port()) : new InetSocketAddress(bind.host(), bind.port());
        if (alone) {
            probe(wanted);
        }
        AtomicReference<ListenerRules> current = new AtomicReference<>(rules);
        IdentityHashMap<Object, FrontendLoop> byExecutor = new IdentityHashMap<>();
        frontends.forEach(frontend -> byExecutor.put(frontend.loop().executor(), frontend));
        ChannelInitializer<Channel> clients = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                wire(loops.transport(), channel, java.util.Objects.requireNonNull(byExecutor.get(channel.eventLoop())), current.get());
            }
        };
        TransportKind transport = loops.transport();
        ChannelOption<Boolean> reusePort = transport.reusePort();
        boolean noDelay = noDelay(rules);
        List<Channel> sockets = new ArrayList<>();
        try {
            EventLoopGroup all = java.util.Objects.requireNonNull(loops.loops().getFirst().executor().parent());
            if (inherited != null) {
                inherit(inherited, noDelay, loops, all, clients, sockets);
                sockets.forEach(loops.acceptFailures()::guard);
                return new Listener(transport, sockets, inherited.address(), current); // io_uring's channels don't know it
            } else if (reusePort == null) {
                sockets.add(listen(transport, noDelay, loops.loops().getFirst().executor(), all, null, clients, wanted));
            } else {
                for (EventLoops.Loop loop : loops.loops()) {
                    sockets.add(listen(transport, noDelay, loop.executor(), loop.executor(), reusePort, clients, wanted));
                    wanted = (InetSocketAddress) sockets.getFirst().localAddress(); // port 0 was chosen by the first
                }
            }
        } catch (IOException e) {
            close(sockets);
            if (inherited != null) {
                inherited.close();
            }
            throw e;
        }
        sockets.forEach(loops.acceptFailures()::guard);
        return new Listener(transport, sockets, (InetSocketAddress) sockets.getFirst().localAddress(), current);
    }

    /** Each loop gets as many sockets; where that can't be, one accepts for all of them. */
    private static void inherit(
            ListeningSockets inherited,
            boolean noDelay,
            EventLoops loops,
            EventLoopGroup all,
            ChannelInitializer<Channel> clients,
            List<Channel> sockets)
            throws IOException {
        TransportKind transport = loops.transport();
        boolean even = inherited.count() % loops.loops().size() == 0;
        for (int i = 0; i < inherited.count(); i++) {
            EventLoopGroup acceptor = loops.loops().get(i % loops.loops().size()).executor();
            ServerBootstrap bootstrap = bootstrap(transport, noDelay, acceptor, even ? acceptor : all, clients);
            Channel socket = inherited.next(transport, bootstrap, PATIENCE_SECONDS);
            sockets.add(socket);
            // Once more, since a channel may have got its socket after its options; and what the process before has set is taken back.
            if (transport.unsentLimit() != null) {
                socket.config().setOption(transport.unsentLimit(), UNSENT);
            }
            if (transport.noDelay() != null) {
                socket.config().setOption(transport.noDelay(), noDelay ? 1 : 0);
            }
        }
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
        ServerBootstrap bootstrap = bootstrap(transport, noDelay, acceptor, children, clients).channel(transport.serverChannel());
        if (reusePort != null) {
            bootstrap.option(reusePort, true);
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

    private static ServerBootstrap bootstrap(
            TransportKind transport, boolean noDelay, EventLoopGroup acceptor, EventLoopGroup children, ChannelInitializer<Channel> clients) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(acceptor, children)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, ReadSizes.fromClients())
                .childHandler(clients);
        if (transport.unsentLimit() != null) {
            bootstrap.option(transport.unsentLimit(), UNSENT);
        }
        if (noDelay && transport.noDelay() != null) {
            bootstrap.option(transport.noDelay(), 1);
        }
        return bootstrap;
    }

    /** What a client's bytes pass through, in this order. */
    static void wire(TransportKind transport, Channel channel, FrontendLoop loop, ListenerRules rules) {
        if (rules.tls() == null && rules.plainHttp() == PlainHttp.DROP) {
            channel.pipeline().addLast(ClosedDoor.HERE);
            return;
        }
        if (noDelay(rules) && transport.noDelay() == null) { // else it has that from its listening socket
            channel.config().setOption(ChannelOption.TCP_NODELAY, true);
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

    public ListenerRules rules() {
        return rules.get();
    }

    /** All that open connections may have come in by; those before are forgotten with it. */
    public List<ListenerRules> takeAllRules() {
        List<ListenerRules> all = new ArrayList<>(earlier);
        all.add(rules.get());
        earlier.clear();
        return all;
    }

    /** Connections that come from now on go by these. One thread at a time. */
    public void become(ListenerRules next) {
        if (transport.noDelay() != null && noDelay(next) != noDelay(rules.get())) {
            sockets.forEach(socket -> socket.config().setOption(transport.noDelay(), noDelay(next) ? 1 : 0));
        }
        earlier.add(rules.getAndSet(next));
    }

    /** Whether small writes go out at once from the beginning: a handshake is several of them, and so may be what a tunnel carries. */
    private static boolean noDelay(ListenerRules rules) {
        return rules.tls() != null || rules.tcp() != null;
    }

    /** Begins to accept connections, those first that have come meanwhile. */
    public void accept() {
        sockets.forEach(socket -> socket.config().setAutoRead(true));
    }

    /** The descriptors of its sockets, to give them to another process; null with NIO, which does not tell. */
    public @Nullable List<Integer> descriptors() {
        return ListeningSockets.of(sockets);
    }

    /**
     * Accepts no more connections, but what has been accepted is served: the sockets are closed when no event loop is accepting any more. For
     * sockets that live on in another process; in others, what is in their queues would wait in vain.
     */
    public void leave() {
        for (Channel socket : sockets) {
            socket.config().setAutoRead(false);
            Runnable close = () -> {
                var _ = socket.close();
            };
            var _ = socket.eventLoop().schedule(close, LEAVE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Waits until that is so, after {@link #leave}: then every connection that was accepted is known. */
    public void awaitLeft() {
        sockets.forEach(socket -> socket.closeFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS));
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
