package io.weir.health.check;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.weir.health.CheckResult.Failure;
import io.weir.health.CheckResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks the load balancer of another region how its pools are, all with one question, and after the first for what has changed. */
final class GatewayCheck extends WireCheck {
    private static final String PATH = "/.weir/apps?since=";
    /** What an answer may hold, in bytes: some 50 for a pool. */
    private static final int MOST = 64 * 1024 * 1024;

    private static final int OK = 200;

    private final String fields;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private GatewayPools pools = GatewayPools.NONE;

    /** Of the final response; 0 before it came. */
    private int status;

    private boolean keepsAlive;

    GatewayCheck(
            Dialler dialler, InetSocketAddress address, @Nullable Function<Channel, SslHandler> tls, String authority) {
        super(dialler, address, tls);
        this.fields = " HTTP/1.1\r\nhost: " + authority + "\r\nuser-agent: weir-check\r\naccept: text/plain\r\n\r\n";
    }

    @Override
    void prepare(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpResponseDecoder());
    }

    @Override
    void send(Channel connected) {
        status = 0;
        body.reset();
        byte[] request = ("GET " + PATH + pools.revision() + fields).getBytes(StandardCharsets.US_ASCII);
        var _ = connected.writeAndFlush(connected.alloc().ioBuffer(request.length).writeBytes(request), connected.voidPromise());
    }

    @Override
    void received(Object message, boolean asked) {
        if (!asked) {
            hangUp(); // nobody asked: whatever it is, it can't be trusted
            return;
        }
        begun();
        if (((HttpObject) message).decoderResult().isFailure()) {
            settle(malformed(((HttpObject) message).decoderResult().cause()), false);
            return;
        }
        if (message instanceof HttpResponse response) {
            status = response.status().code();
            keepsAlive = HttpUtil.isKeepAlive(response);
        }
        if (message instanceof HttpContent content) {
            take(content.content());
            if (body.size() > MOST) {
                fail(Failure.MALFORMED, "more than " + MOST + " bytes about pools");
            } else if (message instanceof LastHttpContent) {
                settle(verdict(), keepsAlive);
            }
        }
    }

    private void take(ByteBuf piece) {
        try {
            piece.getBytes(piece.readerIndex(), body, piece.readableBytes());
        } catch (IOException e) {
            throw new IllegalStateException(e); // into memory
        }
    }

    private CheckResult verdict() {
        if (status != OK) {
            return CheckResult.failed(Failure.UNWELL, "status " + status + " instead of its pools; do its trusted-gateways name this load balancer?");
        }
        try {
            pools = pools.updated(body.toString(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            pools = GatewayPools.NONE; // the next answer is whole
            return CheckResult.failed(Failure.MALFORMED, Excerpt.of(e));
        }
        GatewayPools said = pools;
        return said.draining()
                ? CheckResult.failed(Failure.UNWELL, "the load balancer drains, and takes no more requests")
                : CheckResult.answered("answers for " + said.count() + " pools", worker -> said.of(worker.app(), worker.region()));
    }

    @Override
    String awaited() {
        return status == 0 ? "answer" : "whole answer";
    }

    @Override
    CheckResult malformed(Throwable cause) {
        return CheckResult.failed(Failure.MALFORMED, "no HTTP: " + Excerpt.of(cause));
    }
}
