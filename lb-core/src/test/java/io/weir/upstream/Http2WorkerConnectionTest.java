package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.UpstreamSettings;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.Http2LoopbackWorker.Accepted;
import io.weir.upstream.Http2LoopbackWorker.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of streams, of their permits, and of their connections, whatever a worker does frame by frame. */
@Timeout(60)
class Http2WorkerConnectionTest {
    private static final long CONNECT = TimeUnit.SECONDS.toNanos(5);
    private static final int INTERNAL_ERROR = 2;
    private static final int MAX_CONCURRENT_STREAMS = 3;

    private static EventLoops loops;
    private static EventLoops.Loop loop;
    private Endpoints endpoints;
    private Http2LoopbackWorker worker;
    private Endpoint endpoint;

    @BeforeAll
    static void startLoops() {
        loops = new EventLoops(TransportKind.NIO, 1);
        loop = loops.loops().getFirst();
    }

    @AfterAll
    static void stopLoops() {
        assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    }

    @BeforeEach
    void start() {
        endpoints = new Endpoints(loops, new HeadLimits(4096, 4096, 50));
        worker = new Http2LoopbackWorker();
        endpoint = endpoint(1000, 10);
    }

    @AfterEach
    void stop() {
        worker.close();
        endpoints.close();
    }

    private Endpoint endpoint(int streams, int queue) {
        return endpoints.at(
                new WorkerAddress("127.0.0.1", worker.port()), new UpstreamSettings(streams, queue, 100, Duration.ofMinutes(1), true, null, null));
    }

    private Attempt get() {
        return Attempt.get(loop).start(endpoint, CONNECT);
    }

    private Attempt post() {
        return new Attempt(loop, "POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked").open().start(endpoint, CONNECT);
    }

    /** All that was lent is back. */
    private void assertNothingIsLent() {
        Attempt.on(loop, () -> assertThat(endpoint.connections()).isZero());
    }

    @Test
    void aResetIsNotAnsweredWithAnother() {
        Attempt first = get();
        Accepted connection = worker.next();
        int stream = connection.next(Http2LoopbackWorker.HEADERS).stream();
        connection.reset(stream, INTERNAL_ERROR);
        assertThat(first.outcome()).isEqualTo("|RESET");
        assertThat(connection.framesSoFar()).isEmpty();
        assertNothingIsLent();
    }

    @Test
    void aBodyThatTheWorkerHasNoRoomForIsLeftBehindWithItsAnswer() {
        Attempt attempt = post();
        Accepted connection = worker.next();
        int stream = connection.next(Http2LoopbackWorker.HEADERS).stream();
        attempt.write("x".repeat(100_000)); // more than the window that a stream begins with
        attempt.end();
        connection.head(stream, true);
        assertThat(attempt.outcome()).endsWith("200 |end");
        assertThat(connection.next(Http2LoopbackWorker.RST_STREAM).stream()).isEqualTo(stream);
        assertNothingIsLent();
    }

    @Test
    void whoHearsOfTheEndMayHaveItsPlace() {
        endpoint = endpoint(1, 0);
        Attempt next = Attempt.get(loop);
        Attempt first = get().then(() -> next.start(endpoint, CONNECT));
        Accepted connection = worker.next();
        connection.head(connection.next(Http2LoopbackWorker.HEADERS).stream(), true);
        assertThat(first.outcome()).isEqualTo("200 |end");
        connection.head(connection.next(Http2LoopbackWorker.HEADERS).stream(), true);
        assertThat(next.outcome()).isEqualTo("200 |end");
        assertNothingIsLent();
    }

    @Test
    void whoWaitsForAWorkerThatGoesIsAskedToo() {
        Attempt attempt = get().leavingSilentOnes(endpoint);
        Accepted connection = worker.next();
        int stream = connection.next(Http2LoopbackWorker.HEADERS).stream();
        connection.goAway(stream);
        assertThat(connection.framesSoFar()).isEmpty();
        endpoint.foundSilent();
        assertThat(attempt.outcome()).isEqualTo("[silent]|left");
        assertNothingIsLent();
    }

    @Test
    void whatIsAboveTheLastNumberWasNotLookedAt() {
        Attempt first = get();
        Accepted connection = worker.next();
        int stream = connection.next(Http2LoopbackWorker.HEADERS).stream();
        Attempt second = get();
        connection.next(Http2LoopbackWorker.HEADERS);
        connection.goAway(stream);
        assertThat(second.outcome()).isEqualTo("|LEFT_BEHIND");
        connection.head(stream, false);
        connection.data(stream, "ok", true);
        assertThat(first.outcome()).isEqualTo("200 ok|end");
        assertThat(connection.next(Http2LoopbackWorker.GOAWAY)).isNotNull();
        assertThat(connection.frame().type()).as("its end").isEqualTo(-1);
        assertNothingIsLent();
    }

    @Test
    void aWorkerThatTakesNoStreamsGetsNone() {
        Attempt first = get();
        Accepted connection = worker.next(MAX_CONCURRENT_STREAMS, 0);
        assertThat(first.outcome()).isEqualTo("|UNPROCESSED");
        assertThat(connection.next(Http2LoopbackWorker.GOAWAY)).as("it is of no use").isNotNull();
        assertNothingIsLent();
    }

    @Test
    void whatAWorkerDoesNotTakeAtOnceGetsConnectionsOfItsOwn() {
        record Asked(Accepted connection, int stream) {}

        List<Asked> asked = new ArrayList<>();
        List<Attempt> attempts = List.of(get(), get(), get(), get(), get());
        for (int n : List.of(2, 2, 1)) {
            Accepted connection = worker.next(MAX_CONCURRENT_STREAMS, 2);
            for (int i = 0; i < n; i++) {
                asked.add(new Asked(connection, connection.next(Http2LoopbackWorker.HEADERS).stream()));
            }
        }
        asked.forEach(each -> each.connection.head(each.stream, true));
        for (Attempt attempt : attempts) {
            assertThat(attempt.outcome()).isEqualTo("200 |end");
        }
        assertNothingIsLent();
    }

    @Test
    void aConnectionThatItsWorkerHadGivenUpIsStale() {
        Attempt first = get();
        Accepted connection = worker.next();
        connection.head(connection.next(Http2LoopbackWorker.HEADERS).stream(), true);
        assertThat(first.outcome()).isEqualTo("200 |end");
        assertThat(connection.framesSoFar()).isEmpty();
        Attempt second = get();
        connection.next(Http2LoopbackWorker.HEADERS);
        connection.close();
        assertThat(second.outcome()).isEqualTo("|STALE");
        assertNothingIsLent();
    }
}
