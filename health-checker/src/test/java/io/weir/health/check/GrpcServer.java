package io.weir.health.check;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** A gRPC server on loopback, by Netty's codec, that answers call after call as its script says. */
final class GrpcServer implements AutoCloseable {
    static final String SERVING = "00000000020801";
    static final String NOT_SERVING = "00000000020802";

    /** Answers one call. */
    interface Answer {
        void to(Call call);
    }

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listening;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final BlockingQueue<Http2Headers> heads = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    /** The n-th call gets the n-th answer, later ones the last. */
    GrpcServer(Answer... answers) {
        this(null, answers);
    }

    /** Over TLS, if there is a context for it. */
    GrpcServer(@Nullable SSLContext tls, Answer... answers) {
        this.listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.incrementAndGet();
                        if (tls != null) {
                            SSLEngine engine = tls.createSSLEngine();
                            engine.setUseClientMode(false);
                            channel.pipeline().addLast(new SslHandler(engine));
                        }
                        channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().build(), new Calls(List.of(answers)));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    /** With this message and these trailers. */
    static Answer answering(String message, String... trailers) {
        return call -> {
            call.head("200", "application/grpc");
            call.message(message);
            call.trailers(trailers);
        };
    }

    int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    int connections() {
        return connections.get();
    }

    @Nullable Http2Headers head() throws InterruptedException {
        return heads.poll(60, TimeUnit.SECONDS);
    }

    @Nullable String message() throws InterruptedException {
        return messages.poll(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 60, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One stream that waits for its answer. */
    record Call(ChannelHandlerContext ctx, Http2FrameStream stream) {
        void head(String status, String type) {
            write(new DefaultHttp2Headers().status(status).add("content-type", type), false);
        }

        /** The only headers, with the end of the stream. */
        void headAlone(String status, String type, String... more) {
            Http2Headers headers = new DefaultHttp2Headers().status(status).add("content-type", type);
            add(headers, more);
            write(headers, true);
        }

        void message(String hex) {
            data(hex, false);
        }

        void data(String hex, boolean end) {
            byte[] bytes = ByteBufUtil.decodeHexDump(hex);
            var _ = ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), end).stream(stream));
        }

        void trailers(String... more) {
            Http2Headers headers = new DefaultHttp2Headers();
            add(headers, more);
            write(headers, true);
        }

        private static void add(Http2Headers headers, String... more) {
            for (int i = 0; i < more.length; i += 2) {
                headers.add(more[i], more[i + 1]);
            }
        }

        private void write(Http2Headers headers, boolean end) {
            var _ = ctx.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end).stream(stream));
        }

        void reset(Http2Error error) {
            var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(stream));
        }

        /** Says that streams after {@code lastStream} will not be answered, in bytes of its own, since the codec would keep its own account. */
        void goAway(int lastStream) {
            byte[] bytes = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, (byte) lastStream, 0, 0, 0, 0};
            var _ = ctx.channel().pipeline().firstContext().writeAndFlush(Unpooled.wrappedBuffer(bytes));
        }

        void ping() {
            var _ = ctx.writeAndFlush(new DefaultHttp2PingFrame(7));
        }

        void close() {
            var _ = ctx.channel().pipeline().firstContext().close();
        }
    }

    private final class Calls extends ChannelInboundHandlerAdapter {
        private final List<Answer> answers;

        Calls(List<Answer> answers) {
            this.answers = answers;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2HeadersFrame head) {
                heads.add(head.headers());
            } else if (frame instanceof Http2DataFrame data) {
                messages.add(ByteBufUtil.hexDump(data.content()));
                if (data.isEndStream()) {
                    int call = Math.min(calls.getAndIncrement(), answers.size() - 1);
                    answers.get(call).to(new Call(ctx, data.stream()));
                }
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }
}
