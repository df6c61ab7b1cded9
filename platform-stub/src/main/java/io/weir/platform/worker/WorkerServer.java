package io.weir.platform.worker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The app at its address. Everything happens on one event loop. */
final class WorkerServer implements AutoCloseable {
    /** Longer than a load balancer keeps an unused connection, and than the longest delay. */
    private static final int IDLE_SECONDS = 300;

    private static final int WAITING_CLIENTS = 1024;

    private final EventLoopGroup group;
    private final ChannelGroup connections;
    private final Channel listener;
    private final Pages pages;

    private WorkerServer(EventLoopGroup group, ChannelGroup connections, Channel listener, Pages pages) {
        this.group = group;
        this.connections = connections;
        this.listener = listener;
        this.pages = pages;
    }

    /** @throws IOException if the address can't be had */
    static WorkerServer open(BindAddress bind, Identity identity) throws IOException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("weir-worker"), NioIoHandler.newFactory());
        ChannelGroup connections = new DefaultChannelGroup(group.next());
        Pages pages = new Pages(identity);
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, WAITING_CLIENTS)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        connections.add(child);
                        child.pipeline()
                                .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                                .addLast(new HttpServerCodec())
                                .addLast(new FlowControlHandler()) // pipelined requests wait here
                                .addLast(new Conversation(pages));
                    }
                })
                .bind(bind.host().isEmpty() ? new InetSocketAddress(bind.port()) : new InetSocketAddress(bind.host(), bind.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return new WorkerServer(group, connections, bound.channel(), pages);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /**
     * Takes no new connection and no further request, and waits until those under way have been answered.
     *
     * @return whether they have, in this time
     */
    boolean drain(Duration longest) {
        listener.close().awaitUninterruptibly();
        group.next().submit(() -> {
            pages.drain();
            for (Channel connection : connections) {
                connection.pipeline().get(Conversation.class).end(connection.pipeline().context(Conversation.class));
            }
        }).awaitUninterruptibly();
        return connections.newCloseFuture().awaitUninterruptibly(longest.toMillis());
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly(); // while their loops still run, so that what they hold of a request is released
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
