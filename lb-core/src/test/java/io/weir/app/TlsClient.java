package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.weir.health.check.FirstBytes;
import io.weir.tls.TestCertificates.Issued;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A client that says what it got, and whether TLS said that this was all. */
final class TlsClient extends SimpleChannelInboundHandler<ByteBuf> {
    /** Stands behind what came without an end of TLS. */
    static final String CUT = "(cut)";

    private static final int SECONDS = 30;

    private final StringBuilder got = new StringBuilder();
    private final CompletableFuture<String> whole = new CompletableFuture<>();

    /** Sends {@code request} and returns what comes back. */
    static String ask(int port, String serverName, String request) throws Exception {
        return ask(port, serverName, request, null);
    }

    /** The same, with a certificate of its own. */
    static String ask(int port, String serverName, String request, @Nullable Issued own) throws Exception {
        return ask(port, serverName, request, own, new byte[0]);
    }

    /** The same, with bytes before TLS begins. */
    static String ask(int port, String serverName, String request, @Nullable Issued own, byte[] before) throws Exception {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm("");
        if (own != null) {
            builder.keyManager(own.key(), own.certificate());
        }
        SslContext context = builder.build();
        TlsClient client = new TlsClient();
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel channel = new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    SslHandler tls = context.newHandler(channel.alloc());
                    SSLParameters parameters = tls.engine().getSSLParameters();
                    parameters.setServerNames(serverName.isEmpty() ? List.of() : List.of(new SNIHostName(serverName)));
                    tls.engine().setSSLParameters(parameters);
                    channel.pipeline().addLast(new FirstBytes(before), tls, client);
                }
            }).connect(InetAddress.getLoopbackAddress(), port).sync().channel();
            var _ = channel.writeAndFlush(Unpooled.copiedBuffer(request, ISO_8859_1));
            return client.whole.get(SECONDS, TimeUnit.SECONDS);
        } finally {
            var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** The OCSP responses that come with a handshake. */
    static List<byte[]> staples(int port, String serverName) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf data) {
        got.append(data.toString(ISO_8859_1));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
            whole.complete(got.toString());
            var _ = context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        whole.complete(got + CUT);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }
}
