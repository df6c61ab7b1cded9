package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events on their way to one reader, in virtual time. */
class EventStreamTest {
    private final EventFeed feed = new EventFeed(() -> Instant.EPOCH);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EventStream stream = new EventStream(channel);

    @AfterEach
    void end() {
        stream.end();
        channel.finishAndReleaseAll();
    }

    private List<String> sent() {
        channel.runPendingTasks();
        List<String> texts = new ArrayList<>();
        for (HttpContent content; (content = channel.readOutbound()) != null; ) {
            ByteBuf bytes = content.content();
            texts.add(bytes.toString(StandardCharsets.UTF_8));
            content.release();
        }
        return texts;
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void aCommentComesEveryNowAndThenUntilTheEnd() {
        channel.freezeTime();
        stream.start(feed, 0);
        pass(EventStream.HEARTBEAT_SECONDS - 1);
        assertThat(sent()).isEmpty();
        pass(1);
        assertThat(sent()).containsExactly(": nothing new\n\n");
        pass(EventStream.HEARTBEAT_SECONDS);
        assertThat(sent()).hasSize(1);

        stream.end();
        pass(10 * EventStream.HEARTBEAT_SECONDS);
        feed.publish(Event.of("late"));
        assertThat(sent()).isEmpty();
    }

    @Test
    void whatIsMissedComesFirst() {
        feed.publish(Event.of("one"));
        feed.publish(Event.of("two", "n", 2));
        stream.start(feed, 1);
        feed.publish(Event.of("three"));

        assertThat(sent())
                .containsExactly(
                        "id: 2\nevent: two\ndata: {\"at\":\"1970-01-01T00:00:00Z\",\"n\":2}\n\n",
                        "id: 3\nevent: three\ndata: {\"at\":\"1970-01-01T00:00:00Z\"}\n\n");
    }

    @Test
    void aLineBreakInAFactIsNoneInTheStream() {
        stream.start(feed, 0);
        feed.publish(Event.of("odd", "text", "a\n\nid: 9\r\n"));

        assertThat(sent()).singleElement().asString().contains("\"text\":\"a\\n\\nid: 9\\r\\n\"").endsWith("}\n\n").doesNotContain("\nid: 9");
    }

    @Test
    void whileTheChannelTakesNothingEventsWaitAndBeyondTheBoundItIsCut() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {} // as a socket whose other side reads nothing
        });
        stream.start(feed, 0);
        feed.publish(Event.of("first"));
        channel.runPendingTasks();
        assertThat(channel.isWritable()).isFalse();

        for (int i = 0; i < EventFeed.BEHIND; i++) {
            feed.publish(Event.of("tick"));
        }
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        for (int i = 0; i < 5; i++) { // one may be on its way already
            feed.publish(Event.of("tick"));
        }
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }
}
