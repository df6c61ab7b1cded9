package io.weir.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One caller's connection: its requests, one at a time. On the admin thread, but for pages that may wait. */
final class AdminConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    /** Requests that a caller may send before it has read the answers. */
    private static final int MOST_WAITING = 16;

    /**
     * What is needed of a request to answer it.
     *
     * @param page null if the request target is malformed
     * @param chunks whether the caller speaks HTTP/1.1
     */
    private record Task(AccessRules.Call call, @Nullable PageRequest page, Pages.@Nullable Entry entry, boolean keepAlive, boolean chunks) {
        boolean isHead() {
            return call.method().equals("HEAD");
        }
    }

    private final AdminServer server;
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();
    private boolean busy;
    private volatile @Nullable ReplyStream written;
    private @Nullable EventStream events;

    AdminConnection(AdminServer server) {
        this.server = server;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            words(ctx.channel(), new Reply.Words(400, "error", "this is not HTTP"), false, false, Form.TEXT);
            return;
        }
        if (waiting.size() == MOST_WAITING) {
            var _ = ctx.close();
            return;
        }
        waiting.add(task(ctx.channel(), request));
        next(ctx);
    }

    private Task task(Channel channel, FullHttpRequest request) {
        PageRequest page;
        try {
            page = PageRequest.of(request);
        } catch (IllegalArgumentException _) {
            page = null;
        }
        Pages.Entry entry = page == null ? null : server.pages().at(page.path());
        HttpHeaders headers = request.headers();
        AccessRules.Call call = new AccessRules.Call(
                Peer.of(channel.remoteAddress()),
                entry == null ? Access.INSIGHT : entry.access(),
                request.method().name(),
                headers.get(HttpHeaderNames.AUTHORIZATION),
                headers.get(HttpHeaderNames.HOST),
                headers.get(HttpHeaderNames.ORIGIN));
        return new Task(call, page, entry, HttpUtil.isKeepAlive(request), request.protocolVersion().equals(HttpVersion.HTTP_1_1));
    }

    private void next(ChannelHandlerContext ctx) {
        while (!busy && !waiting.isEmpty()) {
            Task task = waiting.removeFirst();
            Reply early = early(task);
            if (early != null) {
                send(ctx.channel(), early, task);
            } else if (task.entry != null && task.entry.atOnce()) {
                send(ctx.channel(), answer(task), task);
            } else {
                aside(ctx, task);
            }
        }
        ctx.channel().config().setAutoRead(!busy || events != null);
    }

    /** What is said before any page is asked, or null. */
    private @Nullable Reply early(Task task) {
        if (task.page == null) {
            return Reply.error(400, "the request's target is malformed");
        }
        return switch (server.judge(task.call)) {
            case Verdict.Refused refused -> refusal(refused, task.call.access());
            case Verdict.Allowed() -> task.entry == null ? server.pages().notFound(task.page.path()) : null;
        };
    }

    private static Reply refusal(Verdict.Refused refused, Access access) {
        Map<String, String> headers = switch (refused.status()) {
            case 401 -> Map.of("www-authenticate", "Bearer realm=\"weir\"");
            case 405 -> Map.of("allow", access.methods());
            default -> Map.of();
        };
        return new Reply.Words(refused.status(), "error", refused.why(), headers);
    }

    private static Reply answer(Task task) {
        try {
            PageRequest request = java.util.Objects.requireNonNull(task.page);
            request.form(); // refuses formats that there aren't
            return java.util.Objects.requireNonNull(task.entry).page().answer(request);
        } catch (RefusedException e) {
            return Reply.error(e.status(), String.valueOf(e.getMessage()));
        }
    }

    /** Answers on another thread: making the page, or the caller's taking it, may last. */
    private void aside(ChannelHandlerContext ctx, Task task) {
        busy = true;
        try {
            server.aside(() -> {
                try {
                    send(ctx.channel(), answer(task), task);
                } catch (RuntimeException e) {
                    send(ctx.channel(), Reply.error(500, "this page failed: " + e), task);
                } finally {
                    ctx.executor().execute(() -> {
                        written = null;
                        busy = events != null;
                        next(ctx);
                    });
                }
            });
        } catch (RejectedExecutionException _) {
            busy = false;
            send(ctx.channel(), new Reply.Words(503, "error", "too many pages are being made; ask again in a second", Map.of("retry-after", "1")), task);
        }
    }

    /** Any thread. */
    private void send(Channel channel, Reply reply, Task task) {
        switch (reply) {
            case Reply.Words words -> words(channel, words, task.isHead(), task.keepAlive, form(task));
            case Reply.Facts(Map<String, Object> facts) -> {
                Form form = form(task);
                written(channel, form.contentType(), to -> write(facts, form, to), task);
            }
            case Reply.Written(String contentType, Reply.Content content) -> written(channel, contentType, content, task);
            case Reply.Live(long after) -> channel.eventLoop().execute(() -> stream(channel, after, task));
        }
    }

    private static void write(Map<String, Object> facts, Form form, java.io.OutputStream to) throws IOException {
        if (form == Form.JSON) {
            JsonForm.write(facts, to);
        } else {
            Writer text = new OutputStreamWriter(to, StandardCharsets.UTF_8);
            TextForm.write(facts, text);
            text.flush();
        }
    }

    private static Form form(Task task) {
        try {
            return task.page == null ? Form.TEXT : task.page.form();
        } catch (RefusedException _) {
            return Form.TEXT;
        }
    }

    private void words(Channel channel, Reply.Words words, boolean head, boolean keepAlive, Form form) {
        String text = form == Form.JSON ? JsonForm.line(Map.of(words.name(), words.words())) : words.words();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(words.status()), Unpooled.copiedBuffer(text + "\n", StandardCharsets.UTF_8));
        headers(response.headers(), form.contentType());
        words.headers().forEach((name, value) -> response.headers().set(name, value));
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, keepAlive);
        end(channel, head ? response.replace(Unpooled.EMPTY_BUFFER) : response, keepAlive);
    }

    private void headers(HttpHeaders headers, String contentType) {
        headers.set(HttpHeaderNames.SERVER, server.name())
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff");
    }

    private static void end(Channel channel, Object last, boolean keepAlive) {
        var written = channel.writeAndFlush(last);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void written(Channel channel, String contentType, Reply.Content content, Task task) {
        boolean keepAlive = task.keepAlive && task.chunks;
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        headers(head.headers(), contentType);
        HttpUtil.setKeepAlive(head, keepAlive);
        if (task.isHead()) {
            end(channel, new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER, head.headers(), head.headers().copy().clear()), keepAlive);
            return;
        }
        ReplyStream stream = new ReplyStream(channel, head.headers(), task.chunks);
        written = stream;
        try {
            content.write(stream);
            stream.close();
            if (!keepAlive) {
                end(channel, Unpooled.EMPTY_BUFFER, false);
            }
        } catch (Pages.BusyException e) {
            words(channel, new Reply.Words(503, "error", String.valueOf(e.getMessage()), Map.of("retry-after", "1")), false, task.keepAlive, form(task));
        } catch (IOException | RuntimeException e) {
            if (stream.isFresh() && channel.isActive()) {
                words(channel, new Reply.Words(500, "error", "this page failed: " + e), false, task.keepAlive, form(task));
            } else {
                var _ = channel.close(); // without its end: visibly cut
            }
        }
    }

    private void stream(Channel channel, long after, Task task) {
        if (!channel.isActive()) {
            return;
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        headers(head.headers(), "text/event-stream");
        HttpUtil.setTransferEncodingChunked(head, task.chunks);
        if (task.isHead()) {
            end(channel, new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER, head.headers(), head.headers().copy().clear()), task.keepAlive);
            return;
        }
        var _ = channel.writeAndFlush(head);
        busy = true;
        EventStream stream = new EventStream(channel);
        events = stream;
        stream.start(server.events().from(after));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        moved();
    }

    private void moved() {
        ReplyStream stream = written;
        if (stream != null) {
            stream.moved();
        }
        if (events != null) {
            events.moved();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        moved();
        if (events != null) {
            events.end();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            var _ = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var _ = ctx.close();
    }
}
