package io.weir.admin;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.weir.loop.ClosingLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks an admin API for a page: one connection for each. */
public final class AdminClient implements AutoCloseable {
    private static final int MOST_BYTES = 64 << 20;

    /**
     * An answer.
     *
     * @param server the field, or empty: {@code weir/0.1.0}
     */
    public record Response(int status, String server, String body) {
        /** Whether it is one of ours. */
        public boolean isWeir() {
            return server.startsWith("weir/");
        }
    }

    private final ClosingLoops group = new ClosingLoops(1, "weir-admin-client", true, NioIoHandler.newFactory());
    private final Duration patience;
    private final @Nullable String token;

    /**
     * @param patience for the connection, and for the answer's next bytes
     * @param token what it says that it may, or null
     */
    public AdminClient(Duration patience, @Nullable String token) {
        this.patience = patience;
        this.token = token;
    }

    /**
     * The answer to {@code GET}.
     *
     * @param page path and query
     * @throws IOException if there is none; the message is the system's
     */
    public Response get(AdminAddress address, String page) throws IOException {
        return ask(address, HttpMethod.GET, page);
    }

    /** The answer to {@code POST}, without a body; for the rest as {@link #get}. */
    public Response post(AdminAddress address, String page) throws IOException {
        return ask(address, HttpMethod.POST, page);
    }

    private Response ask(AdminAddress address, HttpMethod method, String page) throws IOException {
        CompletableFuture<Response> answer = new CompletableFuture<>();
        Bootstrap bootstrap = new Bootstrap().group(group).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(new ReadTimeoutHandler(patience.toMillis(), TimeUnit.MILLISECONDS))
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(MOST_BYTES))
                        .addLast(new Asking(request(address, method, page), answer));
            }
        });
        SocketAddress remote = switch (address) {
            case AdminAddress.Tcp(String host, int port) -> {
                bootstrap.channel(NioSocketChannel.class).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(patience.toMillis()));
                yield new InetSocketAddress(host, port);
            }
            case AdminAddress.Unix(var socket) -> {
                bootstrap.channel(NioDomainSocketChannel.class);
                yield UnixDomainSocketAddress.of(socket);
            }
        };
        bootstrap.connect(remote).addListener(connected -> {
            if (!connected.isSuccess()) {
                answer.completeExceptionally(connected.cause());
            }
        });
        try {
            return answer.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause == null ? "no reason given" : cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        }
    }

    private FullHttpRequest request(AdminAddress address, HttpMethod method, String page) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, page);
        request.headers()
                .set(HttpHeaderNames.HOST, address instanceof AdminAddress.Tcp tcp ? tcp.toString() : "localhost")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (method.equals(HttpMethod.POST)) {
            request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        }
        if (token != null) {
            request.headers().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
        }
        return request;
    }

    private static final class Asking extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final FullHttpRequest request;
        private final CompletableFuture<Response> answer;

        Asking(FullHttpRequest request, CompletableFuture<Response> answer) {
            this.request = request;
            this.answer = answer;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            var _ = ctx.writeAndFlush(request);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            if (response.decoderResult().isSuccess()) {
                String server = response.headers().get(HttpHeaderNames.SERVER, "");
                answer.complete(new Response(response.status().code(), server, response.content().toString(StandardCharsets.UTF_8)));
            } else {
                answer.completeExceptionally(new IOException("what answers there doesn't speak HTTP"));
            }
            var _ = ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            answer.completeExceptionally(new IOException("the connection was closed without an answer"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            answer.completeExceptionally(
                    cause instanceof io.netty.handler.timeout.ReadTimeoutException ? new IOException("no answer in time", cause) : cause);
            var _ = ctx.close();
        }
    }

    @Override
    public void close() {
        var _ = group.shutDown(1);
    }
}
