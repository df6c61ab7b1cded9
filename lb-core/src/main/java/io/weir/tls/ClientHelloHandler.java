package io.weir.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a client's first message and puts the engine for it in its own place. Until then a connection costs no engine, so that what
 * never speaks is cheap.
 */
final class ClientHelloHandler extends SslClientHelloHandler<ClientHello> {
    /** More than any client's: certificate compression and post-quantum keys make some 2 kB. */
    private static final int LONGEST = 16 * 1024;

    /** The same with the headers of its records, which a client may make as small as it likes: so much of one is held. */
    private static final int MOST_HELD = 2 * LONGEST;

    private static final String ADVICE = "This port speaks HTTPS: write https:// for http://\n";
    private static final byte[] PLAIN_HTTP = ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: " + ADVICE.length()
                    + "\r\nConnection: close\r\n\r\n" + ADVICE)
            .getBytes(StandardCharsets.US_ASCII);
    /** A fatal no_application_protocol (RFC 7301, 3.2), as a record. */
    private static final byte[] NO_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};
    /** A fatal decode_error (RFC 8446, 6.2). */
    private static final byte[] DECODE_ERROR = {21, 3, 3, 0, 2, 2, 50};

    private final ServerTls tls;
    private boolean begun;
    /** Whether it was counted, or an engine is to be asked how it ended. */
    private boolean told;

    ClientHelloHandler(ServerTls tls) {
        super(LONGEST);
        this.tls = tls;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!begun && in.isReadable()) {
            begun = true;
            byte first = in.getByte(in.readerIndex());
            if (first >= 'A' && first <= 'Z') { // the method of a request
                refuse(ctx, in, Handshakes.Outcome.NOT_TLS, PLAIN_HTTP);
                return;
            }
        }
        if (ctx.channel().isActive() && !told) {
            try {
                super.decode(ctx, in, out);
                if (!told && in.readableBytes() > MOST_HELD) {
                    refuse(ctx, in, Handshakes.Outcome.MALFORMED, DECODE_ERROR);
                }
            } catch (NotSslRecordException | TooLongFrameException e) {
                told = true; // by an event
                throw e;
            }
        } else {
            in.skipBytes(in.readableBytes());
        }
    }

    private void refuse(ChannelHandlerContext ctx, ByteBuf in, Handshakes.Outcome why, byte[] answer) {
        in.skipBytes(in.readableBytes());
        told = true;
        tls.handshakes().count(why);
        var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE);
    }

    /** Whoever never says what it wants, or too slowly, is seen too. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (!told) {
            told = true;
            tls.handshakes().count(Handshakes.Outcome.ENDED);
        }
        super.channelInactive(ctx);
    }

    @Override
    protected Future<ClientHello> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf clientHello) {
        ClientHello hello = clientHello == null ? new ClientHello(null, true, false) : ClientHello.read(clientHello, ServerTls.SPOKEN);
        return ctx.executor().newSucceededFuture(hello);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, Future<ClientHello> found) {
        told = true;
        ClientHello hello = found.getNow();
        if (hello.strangeProtocols()) {
            tls.handshakes().count(Handshakes.Outcome.NO_PROTOCOL);
            var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(NO_PROTOCOL)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        PairContext chosen = tls.choose(hello);
        SslHandler handler = chosen.handler(ctx.alloc());
        boolean placed = false;
        try {
            ctx.fireUserEventTriggered(new ClientTls(handler, hello.serverName(), chosen.pair().names(), tls.policies()));
            ctx.pipeline().replace(this, null, handler);
            placed = true;
        } finally {
            if (!placed) {
                ReferenceCountUtil.release(handler.engine());
            }
        }
    }
}
