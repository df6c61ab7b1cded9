package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.UpstreamSettings;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.LoopbackWorker.Accepted;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection to a worker over a loopback socket: what each event makes of it. */
final class WorkerConnectionOverLoopbackTest extends LoopbackFixture {
    // ---- CONNECTING

    @Test
    void aRequestGoesOutAndItsResponseComesBack() {
        Attempt attempt = new Attempt(loop, "POST /x HTTP/1.1", "Host: h", "Content-Length: 5").open().start(endpoint, CONNECT);
        Accepted connection = worker.next();
        assertThat(connection.head()).isEqualTo("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
        attempt.write("hello");
        assertThat(connection.read(5)).isEqualTo("hello");
        attempt.end();
        connection.send("HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(attempt.outcome()).isEqualTo("103 200 ok|end");
    }

    @Test
    void aBodyInChunksIsWrittenInChunks() {
        Attempt attempt = new Attempt(loop, "POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked").open().start(endpoint, CONNECT);
        Accepted connection = worker.next();
        assertThat(connection.head()).contains("Transfer-Encoding: chunked\r\n");
        attempt.write("hello");
        attempt.end();
        assertThat(connection.read(15)).isEqualTo("5\r\nhello\r\n0\r\n\r\n");
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nSum: 1\r\n\r\n");
        assertThat(attempt.outcome()).isEqualTo("200 ok|end Sum: 1");
        assertThat(isReused(connection)).isTrue();
    }

    @Test
    void aRefusedConnectionIsToldAndTheEndpointRests() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Endpoint dead = endpoints.at(new WorkerAddress("127.0.0.1", closed), UpstreamSettings.DEFAULTS);
        assertThat(dead.connectable(System.nanoTime())).isTrue();
        assertThat(Attempt.get(loop).start(dead, CONNECT).outcome()).isEqualTo("|CONNECT_REFUSED");
        assertThat(dead.connectable(System.nanoTime())).isFalse();
        assertThat(dead.connectable(System.nanoTime() + TimeUnit.SECONDS.toNanos(1))).isTrue();
        Attempt.on(loop, () -> assertThat(dead.connections()).isZero());
    }

    @Test
    void anAttemptThatGaveUpLeavesItsConnectionToTheNext() {
        Attempt first = Attempt.get(loop);
        Attempt.on(loop, () -> {
            EndpointPool pool = endpoint.onLoop(0);
            assertThat(pool.acquire(first, CONNECT, Need.REQUEST, false)).isNull();
            pool.cancel(first);
        });
        Accepted connection = worker.next();
        Attempt.on(loop, () -> {}); // the connection is established no later than what follows can be accepted
        serveUntilReused(connection);
        assertThat(first.isConnected()).isFalse();
    }

    /** Serves attempts until one comes on {@code connection}; those before came while it was not established yet. */
    private void serveUntilReused(Accepted connection) {
        for (int i = 0; i < 100; i++) {
            Attempt next = get();
            if (next.side().isReused()) {
                connection.head();
                connection.send(OK);
                assertThat(next.outcome()).isEqualTo("200 ok|end");
                return;
            }
            Accepted fresh = worker.next();
            fresh.head();
            fresh.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            next.outcome();
        }
        throw new AssertionError("never used again");
    }

    @Test
    void aNameIsLookedUp() {
        Endpoint named = endpoints.at(new WorkerAddress("localhost", worker.port()), UpstreamSettings.DEFAULTS);
        Attempt attempt = Attempt.get(loop).start(named, CONNECT);
        Accepted connection = worker.next();
        connection.head();
        connection.send(OK);
        assertThat(attempt.outcome()).isEqualTo("200 ok|end");
    }

    @Test
    void anAddressMayBeIpv6() {
        LoopbackWorker six;
        try {
            six = new LoopbackWorker("::1");
        } catch (AssertionError e) {
            org.junit.jupiter.api.Assumptions.abort("no IPv6 here");
            return;
        }
        try (six) {
            Endpoint literal = endpoints.at(new WorkerAddress("::1", six.port()), UpstreamSettings.DEFAULTS);
            Attempt attempt = Attempt.get(loop).start(literal, CONNECT);
            Accepted connection = six.next();
            connection.head();
            connection.send(OK);
            assertThat(attempt.outcome()).isEqualTo("200 ok|end");
        }
    }

    // ---- IDLE

    @Test
    void anIdleConnectionIsUsedAgainLastInFirstOut() {
        Attempt first = get();
        Attempt second = get();
        Accepted one = worker.next();
        Accepted two = worker.next();
        one.head();
        two.head();
        one.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        two.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
        first.outcome();
        second.outcome();
        assertThat(get().side().isReused()).isTrue();
        assertThat(worker.hasMore()).isFalse();
        assertThat(endpoint.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', true",
        "'HTTP/1.1 204 No Content\r\n\r\n', true",
        "'HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n', true",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', true",
        "'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n', true",
        "'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', false",
        "'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', false",
        "'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 2\r\n\r\nok', false",
        "'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=60, max=5\r\nContent-Length: 2\r\n\r\nok', true",
        "'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=soon\r\nContent-Length: 2\r\n\r\nok', true",
        "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n', false",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx', false",
        "'HTTP/1.1 204 No Content\r\n\r\nx', false"
    })
    void aConnectionIsUsedAgainIfTheWorkerKeepsItAndSentNothingElse(String response, boolean reused) {
        assertThat(isReused(serveOne(response))).isEqualTo(reused);
    }

    @Test
    void headHasNoBodyWhateverItsLengthSays() {
        Attempt attempt = new Attempt(loop, "HEAD / HTTP/1.1", "Host: h").start(endpoint, CONNECT);
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        assertThat(attempt.outcome()).isEqualTo("200 |end");
        assertThat(isReused(connection)).isTrue();
    }

    @Test
    void aConnectionWhoseRequestIsNotWholeIsNotUsedAgain() {
        Attempt attempt = new Attempt(loop, "POST / HTTP/1.1", "Host: h", "Content-Length: 5").open().start(endpoint, CONNECT);
        Accepted connection = worker.next();
        connection.head();
        connection.send(OK);
        assertThat(attempt.outcome()).isEqualTo("200 ok|end");
        assertThat(connection.isEnded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"})
    void anIdleConnectionThatEndsOrSaysSomethingIsDropped(String said) {
        Accepted connection = serveOne(OK);
        if (said.isEmpty()) {
            connection.close();
        } else {
            connection.send(said);
            assertThat(connection.isEnded()).isTrue();
        }
        // The loop hears of it before or after the next attempt began; in neither case is the old connection's word taken for its response.
        Attempt next = get();
        boolean reused = next.side().isReused();
        if (reused) {
            assertThat(next.outcome()).isEqualTo("|STALE");
        } else {
            Accepted fresh = worker.next();
            fresh.head();
            fresh.send(OK);
            assertThat(next.outcome()).isEqualTo("200 ok|end");
        }
    }

    @Test
    void aFreshConnectionIsMadeIfOneIsAskedFor() {
        serveOne(OK);
        Attempt attempt = Attempt.get(loop).start(endpoint, CONNECT, true);
        Accepted second = worker.next();
        second.head();
        second.send(OK);
        assertThat(attempt.outcome()).isEqualTo("200 ok|end");
        assertThat(attempt.side().isReused()).isFalse();
    }

    // ---- HEAD

    @ParameterizedTest
    @CsvSource({"'', RESET", "'HTTP/1.1 200', RESET", "'nonsense\r\n\r\n', BAD_RESPONSE", "'HTTP/1.1 101 Switch\r\n\r\n', BAD_RESPONSE"})
    void aNewConnectionThatEndsBeforeTheHeadIsWholeFails(String sent, AttemptFailure failure) {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send(sent).close();
        assertThat(attempt.outcome()).isEqualTo("|" + failure);
    }

    @Test
    void aHeadOverTheLimitIsABadResponse() {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\nX: " + "x".repeat(5000) + "\r\n\r\n");
        assertThat(attempt.outcome()).isEqualTo("|BAD_RESPONSE");
        assertThat(connection.isEnded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReusedConnectionThatEndsWithoutAByteIsStale(boolean reset) {
        Accepted connection = serveOne(OK);
        Attempt second = get();
        connection.head();
        if (reset) {
            connection.reset();
        } else {
            connection.close();
        }
        assertThat(second.outcome()).isEqualTo("|STALE");
    }

    @Test
    void aReusedConnectionThatEndsBehindAByteIsReset() {
        Accepted connection = serveOne(OK);
        Attempt second = get();
        connection.head();
        connection.send("H").close();
        assertThat(second.outcome()).isEqualTo("|RESET");
    }

    @Test
    void anAnswerThatCameBeforeTheWorkerStoppedReadingIsPassedOn() {
        Attempt attempt = new Attempt(loop, "POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked").open().start(endpoint, CONNECT);
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 413 Too much\r\nContent-Length: 2\r\n\r\nno");
        assertThat(attempt.outcome()).isEqualTo("413 no|end");
        attempt.write("x".repeat(1000)); // too late, and released
    }

    // ---- BODY

    @Test
    void aBodyThatEndsByClosingIsWholeWithAFin() {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\n\r\nall of it").close();
        assertThat(attempt.outcome()).isEqualTo("200 all of it|end");
    }

    @Test
    void aBodyThatEndsByClosingIsCutWithAReset() {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\n\r\n");
        assertThat(attempt.status()).isEqualTo(200);
        connection.reset();
        assertThat(attempt.outcome()).isEqualTo("200 |CUT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"})
    void aBodyThatIsTooShortIsCut(String rest) {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\n" + rest).close();
        assertThat(attempt.outcome()).isEqualTo("200 hello|CUT");
    }

    @Test
    void badChunksCutTheResponse() {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        assertThat(attempt.outcome()).isEqualTo("200 |CUT");
        assertThat(connection.isEnded()).isTrue();
    }

    @Test
    void anAbortClosesTheConnectionAndNothingMoreIsTold() {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        assertThat(attempt.status()).isEqualTo(200);
        Attempt.on(loop, () -> attempt.side().abort());
        assertThat(connection.isEnded()).isTrue();
        Attempt.on(loop, () -> assertThat(endpoint.connections()).isZero());
        assertThat(attempt.isOver()).isFalse();
    }
}
