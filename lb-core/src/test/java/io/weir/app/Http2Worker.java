package io.weir.app;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
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
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.weir.tls.TestCertificates.Issued;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A worker on the loopback that speaks HTTP/2, by Netty's codec, and does with each request what its script says. */
final class Http2Worker implements AutoCloseable {
    /** What is done with a request that is whole. */
    @FunctionalInterface
    interface Script {
        void answer(Call call);
    }

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listening;
    private final Script script;
    private final AtomicInteger connections = new AtomicInteger();
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> resets = new LinkedBlockingQueue<>();

    Http2Worker(Script script) throws SSLException {
        this(null, Http2Settings.defaultSettings(), script);
    }

    Http2Worker(@Nullable Issued certificate, Http2Settings settings, Script script) throws SSLException {
        this.script = script;
        SslContext tls = certificate == null ? null : SslContextBuilder.forServer(certificate.key(), certificate.certificate())
                .sslProvider(SslProvider.JDK)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        "h2"))
                .build();
        this.listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.incrementAndGet();
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings).build(), new Requests());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    int connections() {
        return connections.get();
    }

    /** The next request. */
    Call next() throws InterruptedException {
        Call next = calls.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no request came");
        }
        return next;
    }

    /** The error of the next stream that was reset here. */
    long nextReset() throws InterruptedException {
        Long next = resets.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no stream was reset");
        }
        return next;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** A request. */
    static final class Call {
        private final ChannelHandlerContext ctx;
        private final Http2FrameStream stream;
        final Http2Headers head;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private @Nullable Http2Headers trailers;

        Call(ChannelHandlerContext ctx, Http2FrameStream stream, Http2Headers head) {
            this.ctx = ctx;
            this.stream = stream;
            this.head = head;
        }

        int number() {
            return stream.id();
        }

        @Nullable Http2Headers trailers() {
            return trailers;
        }

        Call head(int status, boolean ends, String... fields) {
            Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
            add(headers, fields);
            var _ = ctx.writeAndFlush(new DefaultHttp2HeadersFrame(headers, ends).stream(stream));
            return this;
        }

        Call trailers(String... fields) {
            Http2Headers headers = new DefaultHttp2Headers(false);
            add(headers, fields);
            var _ = ctx.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true).stream(stream));
            return this;
        }

        private static void add(Http2Headers headers, String... fields) {
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
        }

        Call data(String text, boolean ends) {
            return data(text.getBytes(StandardCharsets.ISO_8859_1), ends);
        }

        Call data(byte[] bytes, boolean ends) {
            var _ = ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), ends).stream(stream));
            return this;
        }

        Call reset(Http2Error error) {
            var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(stream));
            return this;
        }

        /** Says that it goes, and that it has looked at no stream above {@code last}. */
        Call goAway(int last) {
            ByteBuf frame = ctx.alloc().buffer().writeMedium(8).writeByte(7).writeByte(0).writeInt(0).writeInt(last).writeInt(0);
            var _ = ctx.pipeline().firstContext().writeAndFlush(frame); // past the codec, which has a number of its own
            return this;
        }

        /** Says the end of TLS, and leaves the connection below it. */
        void endTls() {
            var _ = ctx.pipeline().get(SslHandler.class).closeOutbound();
        }

        void close() {
            var _ = ctx.channel().close();
        }

        /** Without a GOAWAY. */
        void hangUp() {
            var _ = ctx.pipeline().firstContext().close();
        }
    }

    private final class Requests extends ChannelInboundHandlerAdapter {
        private final Map<Http2FrameStream, Call> open = new HashMap<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                switch (message) {
                    case Http2HeadersFrame frame -> {
                        Call call = open.get(frame.stream());
                        if (call == null) {
                            call = new Call(ctx, frame.stream(), frame.headers());
                            open.put(frame.stream(), call);
                        } else {
                            call.trailers = frame.headers();
                        }
                        if (frame.isEndStream()) {
                            whole(call);
                        }
                    }
                    case Http2DataFrame frame -> {
                        Call call = open.get(frame.stream());
                        ByteBuf data = frame.content();
                        if (call != null) {
                            byte[] bytes = new byte[data.readableBytes()];
                            data.getBytes(data.readerIndex(), bytes);
                            call.body.writeBytes(bytes);
                            var _ = ctx.write(new DefaultHttp2WindowUpdateFrame(frame.initialFlowControlledBytes()).stream(frame.stream()));
                            if (frame.isEndStream()) {
                                whole(call);
                            }
                        }
                    }
                    case Http2ResetFrame frame -> resets.add(frame.errorCode());
                    default -> {}
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        private void whole(Call call) {
            calls.add(call);
            script.answer(call);
        }
    }
}
