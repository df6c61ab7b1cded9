package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class EventFeedTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123Z");

    private final EventFeed feed = new EventFeed(() -> NOON);

    private static void never() {
        throw new AssertionError("cut off");
    }

    private void publish(int from, int to) {
        for (int i = from; i <= to; i++) {
            feed.publish(Event.of("tick", "n", i));
        }
    }

    private static List<Long> ids(List<NotedEvent> events) {
        return events.stream().map(NotedEvent::id).toList();
    }

    @Test
    void eventsAreNumberedFromOneAndTimed() {
        publish(1, 2);

        assertThat(feed.after(0)).containsExactly(new NotedEvent(1, NOON, Event.of("tick", "n", 1)), new NotedEvent(2, NOON, Event.of("tick", "n", 2)));
        assertThat(ids(feed.after(1))).containsExactly(2L);
        assertThat(feed.after(2)).isEmpty();
    }

    @Test
    void theOldestAreForgotten() {
        publish(1, EventFeed.REMEMBERED + 3);

        assertThat(feed.after(0)).hasSize(EventFeed.REMEMBERED).first().extracting(NotedEvent::id).isEqualTo(4L);
    }

    @Test
    void aReaderOfAnEarlierProcessMissesNothingOfThisOne() {
        EventFeed next = new EventFeed(() -> NOON, 1000);
        next.publish(Event.of("started"));
        next.publish(Event.of("ready"));

        assertThat(ids(next.after(2))).containsExactly(1001L, 1002L);
        assertThat(ids(next.after(1001))).containsExactly(1002L);
    }

    @Test
    void telemetrysTroubleIsToldWithTheTimeAndThePlace() {
        new TelemetryEvents(feed).loopStalled(1, 63, "io.weir.Slow.work(Slow.java:7)");

        assertThat(EventsPage.sent(feed.after(0).getFirst())).isEqualTo(
                "id: 1\nevent: loop_stalled\ndata: {\"at\":\"2026-11-23T12:00:00.123Z\",\"loop\":1,\"after\":0.063,"
                        + "\"where\":\"io.weir.Slow.work(Slow.java:7)\"}\n\n");
    }

    @Test
    void anIdOfAnEarlierProcessGetsAllThatThisOneHas() {
        publish(1, 2);

        assertThat(ids(feed.after(77))).containsExactly(1L, 2L);
    }

    @Test
    void aReaderGetsWhatItMissedThenWhatComes() {
        publish(1, 3);

        StepVerifier.create(feed.from(1, EventFeedTest::never).map(NotedEvent::id))
                .expectNext(2L, 3L)
                .then(() -> publish(4, 5))
                .expectNext(4L, 5L)
                .thenCancel()
                .verify();
    }

    @Test
    void aReaderThatFallsTooFarBehindIsCutOffAtOnceAndTheOthersAreNot() {
        List<Long> other = new ArrayList<>();
        Disposable reading = feed.from(0, EventFeedTest::never).map(NotedEvent::id).subscribe(other::add);

        AtomicInteger cut = new AtomicInteger();
        feed.from(0, cut::incrementAndGet).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {} // and never asks for anything
        });

        publish(1, EventFeed.BEHIND);
        assertThat(cut).hasValue(0);
        publish(EventFeed.BEHIND + 1, EventFeed.BEHIND + 5);
        assertThat(cut).hasValue(1);
        assertThat(other).hasSize(EventFeed.BEHIND + 5).endsWith(EventFeed.BEHIND + 5L);
        reading.dispose();
    }

    @Test
    void aReaderWithinTheBoundIsNotCutOff() {
        publish(1, EventFeed.REMEMBERED);

        StepVerifier.create(feed.from(0, EventFeedTest::never), 0)
                .then(() -> publish(1, EventFeed.BEHIND - EventFeed.REMEMBERED))
                .thenRequest(EventFeed.BEHIND)
                .expectNextCount(EventFeed.BEHIND)
                .thenCancel()
                .verify();
    }

    @Test
    void whatIsPublishedByManyWhileReadersComeIsMissedByNone() throws Exception {
        int writers = 4;
        long each = 200;
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                awaitQuietly(start);
                publish(1, (int) each);
            }));
        }
        List<List<Long>> readers = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(20);
        start.countDown();
        for (int i = 0; i < 20; i++) {
            List<Long> read = new ArrayList<>();
            readers.add(read);
            Flux<NotedEvent> events = feed.from(0, EventFeedTest::never);
            var _ = events.take(writers * each).map(NotedEvent::id).subscribe(read::add, _ -> {}, all::countDown);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        List<Long> expected = java.util.stream.LongStream.rangeClosed(1, writers * each).boxed().toList();
        assertThat(readers).allSatisfy(read -> assertThat(read).isEqualTo(expected));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
