package io.weir.health.check;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.SslHandler;
import io.weir.health.CheckResult.Failure;
import io.weir.health.CheckResult;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls {@code grpc.health.v1.Health/Check} over HTTP/2 without TLS. The connection is kept until the worker says GOAWAY; each question is a
 * stream.
 */
final class GrpcCheck extends WireCheck {
    /** What a head or the message may hold, in bytes. */
    private static final int MOST = 8 * 1024;

    private static final Http2Settings SETTINGS =
            new Http2Settings().pushEnabled(false).maxHeaderListSize(MOST);

    private final Http2Headers head;
    private final byte[] request;
    private @Nullable Streams streams;
    private @Nullable Http2FrameStream stream;
    private boolean headSeen;
    private boolean keep;
    private byte[] message = new byte[0];

    GrpcCheck(
            Dialler dialler, InetSocketAddress address, @Nullable Function<Channel, SslHandler> tls, String service, String authority) {
        super(dialler, address, tls);
        this.request = GrpcHealth.request(service);
        this.head = new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .path("/grpc.health.v1.Health/Check")
                .authority(authority)
                .add("user-agent", "weir-check")
                .add("content-type", "application/grpc")
                .add("te", "trailers");
    }

    @Override
    void prepare(ChannelPipeline pipeline) {
        keep = true;
        streams = new Streams();
        pipeline.addLast(
                Http2FrameCodecBuilder.forClient()
                        .initialSettings(SETTINGS)
                        .gracefulShutdownTimeoutMillis(0)
                        .build(),
                streams);
    }

    @Override
    void send(Channel connected) {
        headSeen = false;
        message = new byte[0];
        Http2FrameStream opened = Objects.requireNonNull(streams).newStream();
        stream = opened;
        var _ = connected.write(new DefaultHttp2HeadersFrame(head).stream(opened));
        connected.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(request), true).stream(opened))
                .addListener((ChannelFuture written) -> {
                    if (!written.isSuccess() && isOurs(written.channel()) && opened.equals(stream)) {
                        lost(written.cause());
                    }
                });
    }

    @Override
    void received(Object frame, boolean asked) {
        if (frame instanceof Http2GoAwayFrame goAway) {
            goAway(goAway, asked);
        } else if (asked && frame instanceof Http2StreamFrame ours && ours.stream().equals(stream)) {
            begun();
            switch (ours) {
                case Http2HeadersFrame headers -> headers(headers);
                case Http2DataFrame data -> data(data);
                case Http2ResetFrame reset -> fail(Failure.UNWELL, "stream reset: " + error(reset.errorCode()));
                default -> {} // a new window, a new priority
            }
        }
    }

    private void goAway(Http2GoAwayFrame frame, boolean asked) {
        keep = false;
        if (!asked) {
            hangUp();
        } else if (frame.lastStreamId() < Objects.requireNonNull(stream).id()) {
            lost(null); // it will not be answered; on a kept connection that was not to be known
        }
    }

    private void headers(Http2HeadersFrame frame) {
        Http2Headers headers = frame.headers();
        CharSequence status = headers.status();
        if (!headSeen && status != null && status.charAt(0) == '1') {
            return; // an interim response
        }
        if (!headSeen) {
            headSeen = true;
            if (status == null || !status.toString().equals("200")) {
                fail(Failure.UNWELL, "status " + status + ", wanted 200");
                return;
            }
            CharSequence type = headers.get("content-type");
            if (type == null || !type.toString().startsWith("application/grpc")) {
                fail(Failure.MALFORMED, "no gRPC: content-type " + type);
                return;
            }
        }
        if (frame.isEndStream()) {
            settle(verdict(headers), keep);
        }
    }

    private void data(Http2DataFrame frame) {
        int more = frame.content().readableBytes();
        if (message.length + more > MOST) {
            fail(Failure.MALFORMED, "answer larger than 8 KiB");
            return;
        }
        int length = message.length;
        message = Arrays.copyOf(message, length + more);
        frame.content().readBytes(message, length, more);
        if (frame.isEndStream()) {
            fail(Failure.MALFORMED, "no gRPC: ended without grpc-status");
            return;
        }
        giveBack(frame);
    }

    /** Opens the connection's window again for what was taken. */
    private void giveBack(Http2DataFrame frame) {
        Channel kept = connection();
        if (kept != null && frame.initialFlowControlledBytes() > 0) {
            var _ = kept.write(new DefaultHttp2WindowUpdateFrame(frame.initialFlowControlledBytes()).stream(frame.stream()));
        }
    }

    private CheckResult verdict(Http2Headers trailers) {
        CharSequence code = trailers.get("grpc-status");
        if (code == null) {
            return CheckResult.failed(Failure.MALFORMED, "no gRPC: ended without grpc-status");
        }
        if (!code.toString().equals("0")) {
            CharSequence text = trailers.get("grpc-message");
            return CheckResult.failed(Failure.UNWELL, GrpcStatus.text(code) + (text == null ? "" : ": " + Excerpt.of(text.toString())));
        }
        GrpcHealth.ServingStatus status = GrpcHealth.status(Unpooled.wrappedBuffer(message));
        if (status == null) {
            return CheckResult.failed(Failure.MALFORMED, "no HealthCheckResponse");
        }
        return status == GrpcHealth.ServingStatus.SERVING
                ? CheckResult.passed(status.name())
                : CheckResult.failed(Failure.UNWELL, status.name());
    }

    private static String error(long code) {
        Http2Error known = Http2Error.valueOf(code);
        return known == null ? "error " + code : known.name();
    }

    @Override
    String awaited() {
        return headSeen ? "whole answer" : "answer";
    }

    @Override
    CheckResult malformed(Throwable cause) {
        return CheckResult.failed(Failure.MALFORMED, "no HTTP/2: " + Excerpt.of(cause));
    }

    /** Makes streams, which the codec itself doesn't let others do. */
    private static final class Streams extends Http2ChannelDuplexHandler {}
}
