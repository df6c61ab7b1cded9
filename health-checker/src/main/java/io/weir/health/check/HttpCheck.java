package io.weir.health.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.weir.config.CheckSettings.StatusRange;
import io.weir.config.CheckSettings;
import io.weir.health.CheckResult.Failure;
import io.weir.health.CheckResult;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sends an HTTP/1.1 request and looks at the status and the beginning of the body. The connection is kept if the worker keeps it. */
final class HttpCheck extends WireCheck {
    /** What a head may hold, in bytes. */
    private static final int HEAD = 8 * 1024;
    /** Interim responses (1xx) before the final one; more is no protocol but a flood. */
    private static final int MOST_INTERIM = 32;

    private static final int SWITCHING = 101;

    private static final HttpDecoderConfig DECODER = new HttpDecoderConfig()
            .setMaxInitialLineLength(HEAD / 2)
            .setMaxHeaderSize(HEAD)
            .setMaxChunkSize(HEAD);

    private final CheckSettings.Http settings;
    /** Written again and again; direct, so that no transport copies it. */
    private final ByteBuf request;

    private final boolean head;
    /** What the body must contain, or null. */
    private final byte @Nullable [] wanted;

    private int interims;
    /** Of the final response; 0 before it came. */
    private int status;

    private boolean keepsAlive;
    /** Bytes of the body so far. */
    private long length;
    /** The beginning of the body, if it is looked at. */
    private byte[] body = new byte[0];

    HttpCheck(
            Dialler dialler, InetSocketAddress address, @Nullable Function<Channel, SslHandler> tls, CheckSettings.Http settings, String authority) {
        super(dialler, address, tls);
        this.settings = settings;
        this.head = settings.method().equals("HEAD");
        this.wanted = settings.body() == null ? null : settings.body().getBytes(StandardCharsets.UTF_8);
        String host = settings.host() == null ? authority : settings.host();
        byte[] encoded = (settings.method() + " " + settings.path() + " HTTP/1.1\r\nhost: " + host
                + "\r\nuser-agent: weir-check\r\naccept: */*\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        this.request = Unpooled.directBuffer(encoded.length).writeBytes(encoded);
    }

    @Override
    void free() {
        request.release();
    }

    @Override
    void prepare(ChannelPipeline pipeline) {
        pipeline.addLast(new Decoder());
    }

    @Override
    void send(Channel connected) {
        interims = 0;
        status = 0;
        length = 0;
        var _ = connected.writeAndFlush(request.retainedDuplicate(), connected.voidPromise());
    }

    @Override
    void received(Object message, boolean asked) {
        if (!asked) {
            hangUp(); // nobody asked: whatever it is, it can't be trusted
            return;
        }
        if (((HttpObject) message).decoderResult().isFailure()) {
            settle(malformed(((HttpObject) message).decoderResult().cause()), false);
            return;
        }
        if (message instanceof HttpResponse response) {
            head(response);
        }
        if (asked() && status != 0 && message instanceof HttpContent content) {
            body(content);
        }
    }

    private void head(HttpResponse response) {
        int code = response.status().code();
        if (HttpStatusClass.INFORMATIONAL.contains(code) && code != SWITCHING) {
            if (++interims > MOST_INTERIM) {
                fail(Failure.MALFORMED, "more than " + MOST_INTERIM + " interim responses");
            }
            return;
        }
        status = code;
        keepsAlive = HttpUtil.isKeepAlive(response);
        if (code == SWITCHING) {
            settle(verdict(), false); // what follows is no HTTP
        }
    }

    private void body(HttpContent content) {
        look(content.content());
        boolean last = content instanceof LastHttpContent;
        if (last || length > CheckSettings.Http.BODY) {
            settle(verdict(), last && keepsAlive);
        }
    }

    private void look(ByteBuf piece) {
        int room = CheckSettings.Http.BODY - (int) Math.min(length, CheckSettings.Http.BODY);
        int taken = Math.min(room, piece.readableBytes());
        if (wanted != null && taken > 0) {
            int end = (int) length + taken;
            if (end > body.length) {
                body = Arrays.copyOf(body, Math.min(CheckSettings.Http.BODY, Math.max(end, 2 * body.length)));
            }
            piece.getBytes(piece.readerIndex(), body, (int) length, taken);
        }
        length += piece.readableBytes();
    }

    private CheckResult verdict() {
        if (settings.statuses().stream().noneMatch(range -> range.contains(status))) {
            return CheckResult.failed(Failure.UNWELL, "status " + status + ", wanted " + settings.statuses().stream()
                    .map(HttpCheck::text)
                    .collect(Collectors.joining(", ")));
        }
        if (wanted != null && !bodyHas(wanted)) {
            return CheckResult.failed(Failure.UNWELL, "body lacks \"" + settings.body() + "\"");
        }
        return CheckResult.passed("status " + status);
    }

    private boolean bodyHas(byte[] text) {
        int seen = (int) Math.min(length, CheckSettings.Http.BODY);
        return ByteBufUtil.indexOf(Unpooled.wrappedBuffer(text), Unpooled.wrappedBuffer(body, 0, seen)) >= 0;
    }

    private static String text(StatusRange range) {
        return range.least() == range.most() ? String.valueOf(range.least()) : range.least() + "-" + range.most();
    }

    @Override
    String awaited() {
        return status == 0 ? "answer" : "whole answer after status " + status;
    }

    @Override
    CheckResult malformed(Throwable cause) {
        if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException) {
            return CheckResult.failed(Failure.MALFORMED, "head larger than 8 KiB");
        }
        return CheckResult.failed(Failure.MALFORMED, "no HTTP: " + Excerpt.of(cause));
    }

    /** Netty's, which is told that answers to HEAD have no body, and waits for no end of a line that isn't HTTP. */
    private final class Decoder extends HttpResponseDecoder {
        private boolean first = true;

        Decoder() {
            super(DECODER);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (!isOurs(ctx.channel()) || !isHttp((ByteBuf) message)) {
                ReferenceCountUtil.release(message);
                return;
            }
            begun();
            super.channelRead(ctx, message);
        }

        private boolean isHttp(ByteBuf piece) {
            if (!first || !piece.isReadable()) {
                return true;
            }
            first = false;
            if (piece.getByte(piece.readerIndex()) == 'H') {
                return true;
            }
            fail(Failure.MALFORMED, "no HTTP: begins with " + Excerpt.of(piece));
            return false;
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            return head || super.isContentAlwaysEmpty(message);
        }
    }
}
