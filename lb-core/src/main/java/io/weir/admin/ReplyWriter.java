package io.weir.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes one reply to its caller.
 *
 * @param server for the field {@code Server}
 * @param head whether the caller wants no body
 * @param keepAlive whether the connection goes on behind it
 * @param chunks whether the caller understands them: it speaks HTTP/1.1
 */
record ReplyWriter(Channel channel, String server, Form form, boolean head, boolean keepAlive, boolean chunks) {

    /** Any thread. */
    void words(Reply.Words words) {
        String text = form == Form.JSON ? JsonForm.line(json(words)) : words.words();
        FullHttpResponse response = whole(HttpResponseStatus.valueOf(words.status()), Unpooled.copiedBuffer(text + "\n", StandardCharsets.UTF_8));
        fields(response, form.contentType());
        words.headers().forEach((name, value) -> response.headers().set(name, value));
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, keepAlive);
        end(head ? response.replace(Unpooled.EMPTY_BUFFER) : response, keepAlive);
    }

    private static Map<String, ?> json(Reply.Words words) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(words.name(), words.words());
        all.putAll(words.facts());
        return all;
    }

    private static FullHttpResponse whole(HttpResponseStatus status, ByteBuf content) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    }

    private void fields(HttpResponse response, String contentType) {
        response.headers()
                .set(HttpHeaderNames.SERVER, server)
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff");
    }

    private void end(Object last, boolean open) {
        var written = channel.writeAndFlush(last);
        if (!open) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** On a thread that may wait. */
    void facts(Map<String, Object> facts, Consumer<ReplyStream> writing) {
        written(
                form.contentType(),
                to -> {
                    if (form == Form.JSON) {
                        JsonForm.write(facts, to);
                    } else {
                        text(facts, to);
                    }
                },
                writing);
    }

    private static void text(Map<String, Object> facts, OutputStream to) throws IOException {
        Writer text = new OutputStreamWriter(to, StandardCharsets.UTF_8);
        TextForm.write(facts, text);
        text.flush();
    }

    /** On a thread that may wait. {@code writing} is told what waits for the channel. */
    void written(String contentType, Reply.Content content, Consumer<ReplyStream> writing) {
        boolean open = keepAlive && chunks; // HTTP/1.0 learns from its end how long it is
        HttpResponse begin = begin(contentType);
        HttpUtil.setKeepAlive(begin, open);
        if (head) {
            end(begin, open);
            return;
        }
        ReplyStream stream = new ReplyStream(channel, begin, chunks);
        writing.accept(stream);
        try {
            content.write(stream);
            stream.close();
            if (!open) {
                end(Unpooled.EMPTY_BUFFER, false);
            }
        } catch (Pages.BusyException e) {
            words(new Reply.Words(503, "error", String.valueOf(e.getMessage()), Map.of("retry-after", "1")));
        } catch (IOException | RuntimeException | LinkageError e) { // the last where a class can't be had for want of descriptors
            if (stream.isFresh() && channel.isActive()) {
                words(new Reply.Words(500, "error", "this page failed: " + e));
            } else {
                var _ = channel.close(); // without its end: visibly cut
            }
        }
    }

    /** The head of a 200; with HEAD that is all of it. */
    private HttpResponse begin(String contentType) {
        HttpResponse begin = head
                ? whole(HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER)
                : new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        fields(begin, contentType);
        return begin;
    }

    /** Begins a stream of events; whether one goes on. */
    boolean stream() {
        HttpResponse begin = begin("text/event-stream");
        if (head) {
            HttpUtil.setKeepAlive(begin, keepAlive);
            end(begin, keepAlive);
            return false;
        }
        HttpUtil.setTransferEncodingChunked(begin, chunks);
        var _ = channel.writeAndFlush(begin);
        return true;
    }
}
