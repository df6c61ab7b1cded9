package io.weir.benchmarks.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.weir.topology.WorkerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A process that answers checks at a hundred loopback addresses; its own {@code main}, and the handle of whoever started it. */
final class CheckedWorkers implements AutoCloseable {
    private static final int ADDRESSES = 100;

    private final Process process;
    private final int port;

    private CheckedWorkers(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static CheckedWorkers start() throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CheckedWorkers.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
        String port = out.readLine();
        if (port == null) {
            throw new IOException("the process of the workers ended");
        }
        return new CheckedWorkers(process, Integer.parseInt(port));
    }

    WorkerAddress address(int worker) {
        return new WorkerAddress(host(worker % ADDRESSES), port);
    }

    private static String host(int index) {
        return "127.0.1." + (1 + index);
    }

    /** Ends the process. */
    @Override
    public void close() {
        process.destroy();
    }

    /** Prints its port, and ends with whoever reads it. */
    public static void main(String[] args) throws Exception {
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 8192)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Answering());
                    }
                });
        int port = 0;
        for (int i = 0; i < ADDRESSES; i++) {
            Channel bound = bootstrap.bind(new InetSocketAddress(host(i), port)).sync().channel();
            port = ((InetSocketAddress) bound.localAddress()).getPort();
        }
        System.out.println(port);
        while (System.in.read() >= 0) {
            // its standard input ends with its parent
        }
        group.shutdownGracefully().sync();
    }

    /** Answers whatever is asked in one piece; {@code /fresh} with the end of the connection. */
    @ChannelHandler.Sharable
    private static final class Answering extends ChannelInboundHandlerAdapter {
        private static final ByteBuf FRESH = Unpooled.copiedBuffer("/fresh", StandardCharsets.US_ASCII);
        private static final ByteBuf KEPT_ANSWER = answer("keep-alive");
        private static final ByteBuf FRESH_ANSWER = answer("close");

        private static ByteBuf answer(String connection) {
            String text = "HTTP/1.1 200 OK\r\nServer: worker\r\nDate: Fri, 27 Nov 2026 05:00:00 GMT\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 15\r\nConnection: " + connection + "\r\n\r\n{\"status\":\"UP\"}";
            ByteBuf bytes = Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            return Unpooled.unreleasableBuffer(bytes);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            boolean fresh = ByteBufUtil.indexOf(FRESH, in) >= 0;
            in.release();
            if (fresh) {
                ctx.writeAndFlush(FRESH_ANSWER.duplicate()).addListener(ChannelFutureListener.CLOSE);
            } else {
                var _ = ctx.writeAndFlush(KEPT_ANSWER.duplicate());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }
}
