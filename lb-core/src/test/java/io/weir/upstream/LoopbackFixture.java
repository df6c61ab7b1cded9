package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.UpstreamSettings;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.LoopbackWorker.Accepted;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A worker at a loopback address, its endpoint, and two event loops to reach it from. */
@Timeout(60)
@ResourceLock("the fixture's event loops")
abstract sealed class LoopbackFixture permits WorkerConnectionOverLoopbackTest, EndpointPoolTest, GatewayTargetTest {
    static final long CONNECT = TimeUnit.SECONDS.toNanos(5);
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    static EventLoops loops;
    static EventLoops.Loop loop;
    static EventLoops.Loop other;
    Endpoints endpoints;
    LoopbackWorker worker;
    Endpoint endpoint;

    @BeforeAll
    static void startLoops() {
        loops = new EventLoops(TransportKind.NIO, 2);
        loop = loops.loops().get(0);
        other = loops.loops().get(1);
    }

    @AfterAll
    static void stopLoops() {
        assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    }

    @BeforeEach
    void start() {
        endpoints = new Endpoints(loops, new HeadLimits(4096, 4096, 50));
        worker = new LoopbackWorker("127.0.0.1");
        endpoint = endpoint(UpstreamSettings.DEFAULTS);
    }

    @AfterEach
    void stop() {
        worker.close();
        endpoints.close();
    }

    Endpoint endpoint(UpstreamSettings settings) {
        return endpoints.at(new WorkerAddress("127.0.0.1", worker.port()), settings);
    }

    Endpoint endpoint(int connections, int queue) {
        return endpoint(new UpstreamSettings(connections, queue, 100, Duration.ofMinutes(1)));
    }

    Attempt get() {
        return Attempt.get(loop).start(endpoint, CONNECT);
    }

    /** One exchange on a new connection, which is idle afterwards if it can be. */
    Accepted serveOne(String response) {
        Attempt attempt = get();
        Accepted connection = worker.next();
        connection.head();
        connection.send(response);
        assertThat(attempt.outcome()).endsWith("|end");
        return connection;
    }

    /** Whether the next attempt comes on {@code connection} or on a new one. */
    boolean isReused(Accepted connection) {
        Attempt next = get();
        boolean reused = next.side().isReused();
        Accepted at = reused ? connection : worker.next();
        at.head();
        at.send(OK);
        assertThat(next.outcome()).isEqualTo("200 ok|end");
        return reused;
    }
}
