package io.weir.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.config.UpstreamSettings;
import io.weir.http.BadMessage;
import io.weir.http.HeadLimits;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.http.ResponseHead;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.Http2LoopbackWorker.Accepted;
import io.weir.upstream.Http2LoopbackWorker.Frame;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attempts at a worker that does anything, some of which are given up: each is told its end once, and no permit is lost or returned twice. */
@Timeout(120)
class Http2WorkerChaosTest {
    private static final int ATTEMPTS = 1000;
    private static final int STREAMS = 40;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final byte[] EARLY_HINTS = {0x08, 3, '1', '0', '3'};
    private static final byte[] TRAILER = {0x00, 1, 'x', 1, 'y'};

    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    private final Semaphore atOnce = new Semaphore(STREAMS + STREAMS / 2); // some of them wait
    private final CountDownLatch over = new CountDownLatch(ATTEMPTS);

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void everyAttemptEndsOnceAndAllPermitsComeBack(TransportKind transport) throws Exception {
        EventLoops loops = new EventLoops(transport, 1);
        EventLoops.Loop loop = loops.loops().getFirst();
        Endpoints endpoints = new Endpoints(loops, new HeadLimits(4096, 4096, 50));
        try (endpoints;
                Http2LoopbackWorker worker = new Http2LoopbackWorker()) {
            Endpoint endpoint = endpoints.at(
                    new WorkerAddress("127.0.0.1", worker.port()),
                    new UpstreamSettings(STREAMS, ATTEMPTS, 100, Duration.ofMinutes(1), true, null, null));
            Thread serving = serve(worker, new Random(11));
            Random random = new Random(7);
            List<Chaotic> attempts = new ArrayList<>();
            for (int i = 0; i < ATTEMPTS; i++) {
                if (!atOnce.tryAcquire(100, TimeUnit.MILLISECONDS)) { // all hang
                    endpoint.foundSilent();
                }
                Chaotic attempt = new Chaotic(endpoint, loop, random.nextInt());
                attempts.add(attempt);
                loop.executor().execute(attempt::start);
                if (random.nextInt(4) == 0) {
                    Attempt.on(loop, () -> {});
                }
                if (random.nextInt(16) == 0) {
                    Chaotic any = attempts.get(random.nextInt(attempts.size()));
                    loop.executor().execute(any::giveUp);
                }
                if (random.nextInt(200) == 0) {
                    endpoint.foundSilent();
                }
            }
            if (!over.await(1, TimeUnit.SECONDS)) { // some get no answer ever
                attempts.forEach(attempt -> loop.executor().execute(attempt::giveUp));
            }
            assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
            Attempt.on(loop, () -> {
                assertThat(endpoint.connections()).isZero();
                assertThat(endpoint.queued()).isZero();
            });
            assertThat(wrongs).isEmpty();
            assertThat(outcomes).containsKeys("whole", "given up", "RESET");
            serving.interrupt();
        } finally {
            assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Thread serve(Http2LoopbackWorker worker, Random random) {
        Thread accepting = new Thread(() -> {
            try {
                while (true) {
                    int seed = random.nextInt();
                    Accepted next = switch (random.nextInt(4)) {
                        case 0 -> worker.next(MAX_CONCURRENT_STREAMS, random.nextInt(10));
                        case 1 -> worker.next(INITIAL_WINDOW_SIZE, random.nextInt(20_000));
                        default -> worker.next();
                    };
                    Thread each = new Thread(() -> serve(next, new Random(seed)));
                    each.setDaemon(true);
                    each.start();
                }
            } catch (UncheckedIOException _) {
                Thread.currentThread().interrupt(); // it was closed
            }
        });
        accepting.setDaemon(true);
        accepting.start();
        return accepting;
    }

    private static void serve(Accepted connection, Random random) {
        try {
            for (Frame frame = connection.frame(); frame.type() >= 0; frame = connection.frame()) {
                if (frame.type() == Http2LoopbackWorker.HEADERS) {
                    answer(connection, frame.stream(), random);
                }
            }
        } catch (UncheckedIOException _) {
            connection.close();
        }
    }

    private static void answer(Accepted connection, int stream, Random random) {
        int what = random.nextInt(32);
        boolean seldom = (what == 6 || what == 8 || what == 10 || what == 9 || what == 15) && random.nextInt(8) > 0;
        switch (seldom ? 31 : what) {
            case 0 -> connection.reset(stream, 7);
            case 1 -> connection.reset(stream, random.nextInt(20));
            case 2 -> {
                connection.head(stream, false);
                connection.data(stream, "half", false);
                connection.reset(stream, random.nextInt(9));
            }
            case 3 -> {
                connection.head(stream, true);
                connection.reset(stream, 0);
            }
            case 4 -> connection.goAway(Math.max(0, stream - 2 * random.nextInt(6)));
            case 5 -> {
                connection.goAway(Integer.MAX_VALUE);
                connection.head(stream, true);
            }
            case 6 -> connection.close();
            case 7 -> connection.send(Http2LoopbackWorker.DATA, 0, stream, (byte) 1); // before its head
            case 8 -> connection.send(Http2LoopbackWorker.HEADERS, 4, stream, (byte) 0xff); // no HPACK
            case 9 -> connection.send(9, 4, stream, (byte) 0x88); // a CONTINUATION of nothing
            case 10 -> {} // nothing ever
            case 11 -> connection.send(Http2LoopbackWorker.SETTINGS, 0, 0, new byte[] {0, MAX_CONCURRENT_STREAMS, 0, 0, 0, (byte) random.nextInt(5)});
            case 12 -> {
                connection.send(Http2LoopbackWorker.HEADERS, 4, stream, EARLY_HINTS);
                connection.head(stream, true);
            }
            case 13 -> {
                connection.head(stream, false);
                connection.data(stream, "x".repeat(random.nextInt(16_000)), false);
                connection.send(Http2LoopbackWorker.HEADERS, 5, stream, TRAILER);
            }
            case 14 -> connection.send(Http2LoopbackWorker.HEADERS, 5, stream, EARLY_HINTS); // an end that is none
            case 15 -> {
                connection.head(stream, true);
                connection.close();
            }
            default -> {
                connection.head(stream, false);
                connection.data(stream, "whole", true);
            }
        }
    }

    /** An attempt that may send a body, and may be given up. */
    private final class Chaotic implements AttemptEvents {
        private final Endpoint endpoint;
        private final EventLoops.Loop loop;
        private final Random random;
        private final RequestHead request = new RequestHead();
        private final ResponseHead response = new ResponseHead();
        private final boolean hasBody;
        private @Nullable WorkerSide side;
        private boolean started;
        private boolean done;

        Chaotic(Endpoint endpoint, EventLoops.Loop loop, int seed) {
            this.endpoint = endpoint;
            this.loop = loop;
            this.random = new Random(seed);
            this.hasBody = random.nextBoolean();
            String head = hasBody ? "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" : "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            ByteBuf in = Unpooled.copiedBuffer(head, ISO_8859_1);
            new RequestParser(new HeadLimits(4096, 4096, 50)).read(in, request);
            in.release();
        }

        private StreamPool pool() {
            return Objects.requireNonNull(endpoint.streamsOn(loop.index()));
        }

        void start() {
            loop.clock().refresh();
            started = true;
            if (!done) {
                WorkerSide now = pool().acquire(this, TimeUnit.SECONDS.toNanos(20), random.nextInt(20) == 0);
                if (now != null) {
                    connected(now);
                }
            }
        }

        void giveUp() {
            if (done) {
                return;
            }
            finish("given up");
            if (side != null) {
                side.abort();
            } else if (started && !pool().cancel(this)) {
                wrongs.add("an attempt that nobody knows");
            }
        }

        private void finish(String how) {
            outcomes.merge(how, 1, Integer::sum);
            if (done) {
                wrongs.add("told twice");
            } else {
                done = true;
                atOnce.release();
                over.countDown();
            }
        }

        @Override
        public void connected(WorkerSide to) {
            if (done) {
                wrongs.add("connected after its end");
            }
            side = to;
            to.head(request, _ -> {});
            if (hasBody) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    to.body(loop.executor().inEventLoop() ? Unpooled.buffer().writeZero(random.nextInt(60_000)) : Unpooled.EMPTY_BUFFER);
                }
                if (random.nextInt(4) == 0) {
                    to.flush(); // and no end
                    return;
                }
            }
            to.end(hasBody && random.nextInt(4) == 0 ? "x-a: b\r\n".getBytes(ISO_8859_1) : null);
            if (random.nextInt(20) == 0) {
                giveUp();
            }
        }

        @Override
        public ResponseHead responseHead() {
            return response;
        }

        @Override
        public void responseStarted() {
            told();
            if (random.nextInt(20) == 0) {
                giveUp();
            }
        }

        @Override
        public void responseBody(ByteBuf data) {
            told();
            data.release();
            if (random.nextInt(20) == 0) {
                giveUp();
            }
        }

        @Override
        public void responseEnded(byte @Nullable [] trailers) {
            finish("whole");
        }

        @Override
        public void responsePaused() {
            told();
            WorkerSide from = side;
            if (from != null && random.nextInt(4) == 0) {
                from.demand(false);
                loop.executor().execute(() -> {
                    if (!done) {
                        from.demand(true);
                    }
                });
            }
        }

        @Override
        public void workerWritable(boolean writable) {
            told();
        }

        @Override
        public void workerSilent() {
            told();
            if (random.nextBoolean()) {
                giveUp();
            }
        }

        @Override
        public void failed(AttemptFailure failure, @Nullable BadMessage fault) {
            finish(failure.name());
        }

        private void told() {
            if (done) {
                wrongs.add("told of something after its end");
            }
        }
    }
}
