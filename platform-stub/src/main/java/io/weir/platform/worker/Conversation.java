package io.weir.platform.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.weir.config.JsonText;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: a request at a time, answered when it has come whole. Nothing is read while an answer waits, so that answers go out
 * in the order of their requests (the handler before this one keeps back what has been read already).
 */
final class Conversation extends SimpleChannelInboundHandler<HttpObject> {
    private final Pages pages;
    private @Nullable HttpRequest request; // the one that is coming or being answered
    private ReceivedBody body = new ReceivedBody();
    private boolean waiting; // the answer is known and its delay runs
    private boolean last; // no further request is taken

    Conversation(Pages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (last && request == null) {
            return; // what comes behind the last request
        }
        if (message.decoderResult().isFailure()) {
            refuse(ctx, message.decoderResult().cause());
            return;
        }
        if (message instanceof HttpRequest begun) {
            begin(ctx, begun);
        }
        if (message instanceof HttpContent content) {
            body.add(content.content());
            if (content instanceof LastHttpContent && request != null) {
                answer(ctx, request);
            }
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest begun) {
        request = begun;
        body = new ReceivedBody();
        if (HttpUtil.is100ContinueExpected(begun)) {
            var _ = ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest whole) {
        Answer answer = pages.answer(whole, body, address(ctx));
        if (answer.delay().isZero()) {
            send(ctx, whole, answer);
        } else {
            waiting = true;
            readIfDue(ctx);
            var _ = ctx.executor().schedule(() -> send(ctx, whole, answer), answer.delay().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void send(ChannelHandlerContext ctx, HttpRequest whole, Answer answer) {
        last |= !HttpUtil.isKeepAlive(whole);
        request = null;
        waiting = false;
        ChannelFuture sent = ctx.writeAndFlush(response(answer, whole.method().equals(HttpMethod.HEAD)));
        if (last) {
            sent.addListener(ChannelFutureListener.CLOSE);
        } else {
            readIfDue(ctx);
        }
    }

    private void readIfDue(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(!waiting && ctx.channel().isWritable());
    }

    /** A client that asks and doesn't take the answers is not listened to. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        readIfDue(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    private FullHttpResponse response(Answer answer, boolean withoutBody) {
        boolean never = HttpResponseStatus.NO_CONTENT.equals(answer.status()) || HttpResponseStatus.NOT_MODIFIED.equals(answer.status());
        ByteBuf text = never ? Unpooled.EMPTY_BUFFER : Unpooled.copiedBuffer(JsonText.of(answer.content()) + "\n", StandardCharsets.UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), withoutBody ? Unpooled.EMPTY_BUFFER : text);
        if (!never) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                    .set(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes());
        }
        response.headers().set("x-worker", pages.identity().name());
        if (answer.allow() != null) {
            response.headers().set(HttpHeaderNames.ALLOW, answer.allow());
        }
        // To clients of HTTP/1.0 too, who keep a connection only when they are told so.
        response.headers().set(HttpHeaderNames.CONNECTION, last ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
        return response;
    }

    private void refuse(ChannelHandlerContext ctx, Throwable cause) {
        last = true;
        request = null;
        HttpResponseStatus status =
                cause instanceof TooLongFrameException ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE : HttpResponseStatus.BAD_REQUEST;
        ctx.writeAndFlush(response(pages.problem(status, "this is no HTTP that is understood here: " + cause.getMessage()), false))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** No further request: one that is coming or being answered is the last. */
    void end(ChannelHandlerContext ctx) {
        last = true;
        if (request == null) {
            var _ = ctx.close();
        }
    }

    private static String address(ChannelHandlerContext ctx) {
        InetSocketAddress address = (InetSocketAddress) ctx.channel().localAddress();
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var _ = ctx.close(); // a time-out, or the client has gone
    }
}
