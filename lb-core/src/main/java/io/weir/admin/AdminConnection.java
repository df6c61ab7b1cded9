package io.weir.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One caller's connection: its requests, one at a time. On the admin thread, but for pages that may wait. */
final class AdminConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);

    /** Requests that a caller may send before it has read the answers. */
    private static final int MOST_WAITING = 16;

    /**
     * A request and who answers it.
     *
     * @param pace what that waits for
     */
    private record Task(PageRequest request, Page page, Pace pace, ReplyWriter writer) {
        Reply answer() {
            try {
                return page.answer(request);
            } catch (RefusedException e) {
                return e.reply();
            } catch (CompletionException e) {
                return failed(e.getCause());
            } catch (RuntimeException | Error e) { // whatever it is, the caller waits for an answer
                return failed(e);
            }
        }

        private static Reply failed(@Nullable Throwable cause) {
            if (cause instanceof RejectedExecutionException) {
                return Reply.error(503, "this process ends, and nothing is planned or changed any more; what was asked may not have been done");
            }
            LOG.error("a page of the admin API failed", cause);
            return Reply.error(500, "this page failed: " + cause);
        }
    }

    private final AdminServer server;
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();
    /** Whether a page is being made on another thread, or events are sent. */
    private boolean busy;

    private volatile @Nullable ReplyStream writing;
    private @Nullable EventStream events;

    AdminConnection(AdminServer server) {
        this.server = server;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (waiting.size() == MOST_WAITING) {
            var _ = ctx.close();
            return;
        }
        waiting.add(task(ctx.channel(), request));
        next(ctx);
    }

    private Task task(Channel channel, FullHttpRequest request) {
        boolean http = request.decoderResult().isSuccess();
        PageRequest asked = http ? asked(request) : null;
        ReplyWriter writer = new ReplyWriter(
                channel,
                server.name(),
                asked == null ? Form.TEXT : asked.formOr(Form.TEXT),
                request.method().equals(HttpMethod.HEAD),
                http && HttpUtil.isKeepAlive(request),
                request.protocolVersion().equals(HttpVersion.HTTP_1_1));
        if (asked == null) {
            Reply refusal = Reply.error(400, http ? "the request's target is malformed" : "this is not HTTP");
            return new Task(PageRequest.NONE, _ -> refusal, Pace.AT_ONCE, writer);
        }
        Pages.Entry entry = server.pages().at(asked.path());
        return switch (server.judge(call(channel, request, entry == null ? Access.INSIGHT : entry.access()))) {
            case Verdict.Refused refused -> new Task(asked, _ -> refusal(refused, entry), Pace.AT_ONCE, writer);
            case Verdict.Allowed() -> entry == null
                    ? new Task(asked, server.pages()::notFound, Pace.AT_ONCE, writer)
                    : new Task(asked, entry, entry.pace(), writer);
        };
    }

    private static @Nullable PageRequest asked(FullHttpRequest request) {
        try {
            return PageRequest.of(request);
        } catch (IllegalArgumentException _) {
            return null; // a malformed escape
        }
    }

    private static AccessRules.Call call(Channel channel, FullHttpRequest request, Access access) {
        HttpHeaders headers = request.headers();
        return new AccessRules.Call(
                Peer.of(channel.remoteAddress()),
                access,
                request.method().name(),
                headers.get(HttpHeaderNames.AUTHORIZATION),
                headers.get(HttpHeaderNames.HOST),
                headers.get(HttpHeaderNames.ORIGIN));
    }

    private static Reply refusal(Verdict.Refused refused, Pages.@Nullable Entry entry) {
        Map<String, String> headers = switch (refused.status()) {
            case 401 -> Map.of("www-authenticate", "Bearer realm=\"weir\"");
            case 405 -> Map.of("allow", (entry == null ? Access.INSIGHT : entry.access()).methods());
            default -> Map.of();
        };
        return new Reply.Words(refused.status(), "error", refused.why(), headers);
    }

    private void next(ChannelHandlerContext ctx) {
        while (!busy && !waiting.isEmpty()) {
            Task task = waiting.removeFirst();
            if (task.pace == Pace.AT_ONCE) {
                send(task.answer(), task.writer);
            } else {
                aside(ctx, task);
            }
        }
        // A caller that asks further waits; one that reads events is read, so that its end is seen.
        ctx.channel().config().setAutoRead(!busy || events != null);
    }

    /** Answers on another thread: making the page, or the caller's taking it, may last. */
    private void aside(ChannelHandlerContext ctx, Task task) {
        busy = true;
        try {
            server.aside(task.pace, () -> {
                send(task.answer(), task.writer);
                if (!ctx.executor().isShuttingDown()) {
                    ctx.executor().execute(() -> answered(ctx));
                }
            });
        } catch (RejectedExecutionException _) {
            busy = false;
            task.writer.words(new Reply.Words(503, "error", "too many pages are being made; ask again in a second", Map.of("retry-after", "1")));
        }
    }

    private void answered(ChannelHandlerContext ctx) {
        writing = null;
        busy = events != null;
        next(ctx);
    }

    /** Any thread. */
    private void send(Reply reply, ReplyWriter writer) {
        switch (reply) {
            case Reply.Words words -> writer.words(words);
            case Reply.Facts(Map<String, Object> facts) -> writer.facts(facts, stream -> writing = stream);
            case Reply.Written(String contentType, Reply.Content content) -> writer.written(contentType, content, stream -> writing = stream);
            case Reply.Live(long after) -> writer.channel().eventLoop().execute(() -> stream(after, writer));
        }
    }

    private void stream(long after, ReplyWriter writer) {
        if (writer.channel().isActive() && writer.stream()) {
            EventStream stream = new EventStream(writer.channel());
            events = stream;
            stream.start(server.events(), after);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        moved();
    }

    private void moved() {
        ReplyStream stream = writing;
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
        if (!(cause instanceof IOException)) {
            LOG.error("a connection to the admin API failed", cause);
        }
        var _ = ctx.close();
    }
}
