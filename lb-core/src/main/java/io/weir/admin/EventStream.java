package io.weir.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Schedulers;

/**
 * Events on their way to one reader, one at a time as the channel takes them; what it doesn't, waits in the feed's bounded queue. A comment
 * every now and then shows both sides whether the other is there. On the channel's thread.
 */
final class EventStream extends BaseSubscriber<NotedEvent> {
    static final long HEARTBEAT_SECONDS = 15;
    private static final String HEARTBEAT = ": nothing new\n\n";
    private static final int PREFETCH = 1;

    private final Channel channel;
    private @Nullable Future<?> heartbeat;
    /** Whether the next one is asked for as soon as the channel takes it. */
    private boolean held;

    EventStream(Channel channel) {
        this.channel = channel;
    }

    /** Begins behind the event of that id. */
    void start(EventFeed feed, long after) {
        heartbeat = channel.eventLoop().scheduleAtFixedRate(this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        feed.from(after, this::cut)
                .publishOn(Schedulers.fromExecutor(channel.eventLoop()), false, PREFETCH)
                .subscribe(this);
    }

    private void beat() {
        if (channel.isWritable()) {
            write(HEARTBEAT);
        }
    }

    private void write(String text) {
        var _ = channel.writeAndFlush(new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(1);
    }

    @Override
    protected void hookOnNext(NotedEvent event) {
        write(EventsPage.sent(event));
        if (channel.isWritable()) {
            request(1);
        } else {
            held = true;
        }
    }

    @Override
    protected void hookOnError(Throwable cause) {
        cut();
    }

    /** It has fallen too far behind. Any thread. */
    private void cut() {
        var _ = channel.close();
    }

    /** The channel can be written to again, or no longer. */
    void moved() {
        if (held && channel.isWritable()) {
            held = false;
            request(1);
        }
    }

    void end() {
        cancel();
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
    }
}
