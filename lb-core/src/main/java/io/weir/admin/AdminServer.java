package io.weir.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weir.config.Secret;
import io.weir.loop.AcceptFailures;
import io.weir.loop.ClosingLoops;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The operator's API at a port and at Unix sockets, whatever the data path does: one thread takes the calls and answers what needs no
 * waiting, a few more make pages, as long as there are any to make. What people change waits neither for those who look on nor for others that
 * are tried out first.
 */
public final class AdminServer implements AutoCloseable {
    static final int IDLE_SECONDS = 60;
    /** How long the event loop may take to bind or close a socket: far longer than it does, unless it has died. */
    private static final int PATIENCE_SECONDS = 30;

    private static final int MOST_REQUEST_BYTES = 64 * 1024;
    /** Of a request line: a question about a long URL, escaped once more. */
    private static final int MOST_LINE_BYTES = 32 * 1024;

    static final int MOST_CONNECTIONS = 100;
    /** Threads that make pages, by what these wait for; see {@link Pace}. */
    private static final int LOOKING = 2;

    private static final int CHANGING = 8;
    private static final int TRYING = 2;
    private static final int WAITING_PAGES = 32;

    private final ClosingLoops group = new ClosingLoops(1, "weir-admin", true, NioIoHandler.newFactory());
    private final Map<Pace, ThreadPoolExecutor> pageMakers = Map.of(
            Pace.LOOKS, pageMakers(LOOKING, "page"), Pace.CHANGES, pageMakers(CHANGING, "change"), Pace.TRIES, pageMakers(TRYING, "try"));
    private final Pages pages;
    private final EventFeed events;
    private final String name;
    private final AccessRules rules;
    private final AcceptFailures acceptFailures;
    private final LongAdder wrongTokens = new LongAdder();
    /** The oldest first. Touched on the admin thread alone. */
    private final Set<Channel> connections = new LinkedHashSet<>();
    /** As they are said at start and in {@code /status}. */
    private final List<String> addresses = new CopyOnWriteArrayList<>();

    private final List<AdminSocket> sockets = new CopyOnWriteArrayList<>();
    private final List<Path> links = new CopyOnWriteArrayList<>();
    private final List<Channel> listening = new CopyOnWriteArrayList<>();

    /**
     * One that listens nowhere yet.
     *
     * @param metrics what {@code /metrics} says, or null
     * @param token see {@link AccessRules}; null: nobody has it
     * @param boundName the host of the address that it is going to be bound to, or empty
     * @param acceptFailures counts calls that can't be accepted, too
     */
    public AdminServer(
            Running running, EventFeed events, @Nullable MetricsPage metrics, @Nullable Secret token, String boundName, AcceptFailures acceptFailures) {
        this.events = events;
        this.acceptFailures = acceptFailures;
        this.name = "weir/" + running.version();
        this.rules = new AccessRules(token, boundName);
        this.pages = new Pages(running, events, metrics, addresses, wrongTokens::sum);
    }

    private static ThreadPoolExecutor pageMakers(int threads, String name) {
        ThreadPoolExecutor made = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_PAGES), new DefaultThreadFactory("weir-admin-" + name, true));
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    /** The token is that from now on; null: nobody has it. */
    public void token(@Nullable Secret next) {
        rules.token(next);
    }

    /**
     * Listens at a port.
     *
     * @throws IOException if the address can't be had
     */
    public InetSocketAddress listen(BindAddress bind) throws IOException {
        SocketAddress address = bind.host().isEmpty() ? new InetSocketAddress(bind.port()) : new InetSocketAddress(bind.host(), bind.port());
        Channel channel = bound(bootstrap(NioServerSocketChannel.class).bind(address));
        InetSocketAddress at = (InetSocketAddress) channel.localAddress();
        addresses.add(bind.everyAddress() ? "*:" + at.getPort() : new BindAddress(at.getAddress().getHostAddress(), at.getPort()).toString());
        return at;
    }

    /**
     * Listens at a Unix socket for this user alone, until {@link #close}.
     *
     * @throws IOException if it can't be had; the message says why, and what to do
     */
    public void listen(Path socket) throws IOException {
        sockets.add(AdminSocket.open(socket, path ->
                bound(bootstrap(NioServerDomainSocketChannel.class).bind(UnixDomainSocketAddress.of(path)))));
        addresses.add(socket.toString());
    }

    /**
     * Leads from another path to a socket that it listens at, until {@link #close}.
     *
     * @throws IOException if there is something already, or no link can be made
     */
    public void link(Path from, Path socket) throws IOException {
        Files.createSymbolicLink(from, socket);
        links.add(from);
    }

    private ServerBootstrap bootstrap(Class<? extends ServerChannel> channel) {
        return new ServerBootstrap().group(group).channel(channel).childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel child) {
                accept(child);
            }
        });
    }

    private Channel bound(ChannelFuture binding) throws IOException {
        if (!binding.awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the admin API's event loop does not answer");
        }
        if (!binding.isSuccess()) {
            throw new IOException(binding.cause().getMessage(), binding.cause());
        }
        listening.add(binding.channel());
        acceptFailures.guard(binding.channel());
        return binding.channel();
    }

    /** Takes a connection; if there are too many, the oldest makes room, so that a probe is never kept out. */
    void accept(Channel child) {
        if (connections.size() >= MOST_CONNECTIONS) {
            var _ = connections.iterator().next().close();
        }
        connections.add(child);
        child.closeFuture().addListener(_ -> connections.remove(child));
        child.pipeline()
                .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
                .addLast(new HttpServerCodec(MOST_LINE_BYTES, HttpObjectDecoder.DEFAULT_MAX_HEADER_SIZE, HttpObjectDecoder.DEFAULT_MAX_CHUNK_SIZE))
                .addLast(new HttpObjectAggregator(MOST_REQUEST_BYTES))
                .addLast(new AdminConnection(this));
    }

    Pages pages() {
        return pages;
    }

    EventFeed events() {
        return events;
    }

    /** For the field {@code Server}. */
    String name() {
        return name;
    }

    /** Whether a call may be answered; counts the attempts to guess a token. */
    Verdict judge(AccessRules.Call call) {
        Verdict verdict = rules.judge(call);
        if (verdict instanceof Verdict.Refused refused && refused.wrongToken()) {
            wrongTokens.increment();
        }
        return verdict;
    }

    /** Runs it on a thread that may wait, among those of that pace. Throws a RejectedExecutionException if there is too much to do. */
    void aside(Pace pace, Runnable page) {
        Objects.requireNonNull(pageMakers.get(pace)).execute(page);
    }

    /** Where it listens, as people write it: the port first. */
    public List<String> addresses() {
        return List.copyOf(addresses);
    }

    /** Gives up its addresses and the names of its sockets, so that another process can have them; connections that are open are served on. */
    public void leave() {
        sockets.forEach(AdminSocket::remove);
        links.forEach(AdminSocket::deleteQuietly);
        listening.forEach(channel -> channel.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** Ends the threads too: NIO gives an address back only when its selector has looked again. */
    @Override
    public void close() {
        leave();
        pageMakers.values().forEach(ThreadPoolExecutor::shutdownNow);
        try {
            for (ThreadPoolExecutor each : pageMakers.values()) {
                var _ = each.awaitTermination(1, TimeUnit.SECONDS); // they write to channels of the thread that ends next
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        group.shutDown(1).awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
