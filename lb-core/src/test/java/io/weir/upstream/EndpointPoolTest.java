package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CipherSet;
import io.weir.config.ProxyVersion;
import io.weir.config.UpstreamSettings;
import io.weir.config.UpstreamTls;
import io.weir.http.HeadLimits;
import io.weir.tls.CertificateListener;
import io.weir.tls.Certificates;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.LoopbackWorker.Accepted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which attempt gets a connection, which waits for one, and which connections are closed. */
final class EndpointPoolTest extends LoopbackFixture {
    // ---- connections that say whom they are for

    @Test
    void aConnectionThatSaysWhomItIsForServesOnce() {
        endpoint = endpoint(new UpstreamSettings(1, 1, 100, Duration.ofMinutes(1), false, null, ProxyVersion.V1));
        Attempt first = get();
        Attempt second = get();
        for (Attempt attempt : List.of(first, second)) {
            Accepted connection = worker.next();
            assertThat(connection.head()).startsWith("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n");
            connection.send(OK);
            assertThat(attempt.outcome()).isEqualTo("200 ok|end");
            assertThat(connection.isEnded()).isTrue();
        }
        Attempt.on(loop, () -> assertThat(endpoint.connections()).isZero());
    }

    @Test
    void aConnectionThatSaysWhomItIsForIsNotKeptForAnother() {
        endpoint = endpoint(new UpstreamSettings(1, 1, 100, Duration.ofMinutes(1), false, null, ProxyVersion.V1));
        Attempt gaveUp = new Attempt(loop, "GET / HTTP/1.1", "Host: x");
        Attempt next = get(gaveUp);
        Accepted first = worker.next();
        assertThat(first.isEnded()).isTrue();
        Accepted second = worker.next();
        second.head();
        second.send(OK);
        assertThat(next.outcome()).isEqualTo("200 ok|end");
        assertThat(gaveUp.isConnected()).isFalse();
    }

    /** One that waits behind {@code gaveUp}, which is taken back before its connection can be there. */
    private Attempt get(Attempt gaveUp) {
        Attempt next = Attempt.get(loop);
        Attempt.on(loop, () -> {
            loop.clock().refresh();
            assertThat(endpoint.onLoop(0).acquire(gaveUp, CONNECT, Need.REQUEST, false)).isNull();
            assertThat(endpoint.onLoop(0).acquire(next, CONNECT, Need.REQUEST, false)).isNull();
            endpoint.onLoop(0).cancel(gaveUp);
        });
        return next;
    }

    // ---- connections that are not ours to secure

    @Test
    void aConnectionForOthersTlsIsNotKeptForRequests() throws Exception {
        UpstreamTls tls = new UpstreamTls(false, null, null, null, CipherSet.INTERMEDIATE);
        Certificates certificates = new Certificates(Instant::now, CertificateListener.NONE);
        certificates.connect(tls);
        try (Endpoints secured = new Endpoints(loops, new HeadLimits(4096, 4096, 50), certificates::outbound, EndpointListener.NOBODY)) {
            Endpoint at = secured.at(new WorkerAddress("127.0.0.1", worker.port()), UpstreamSettings.DEFAULTS.over(tls));
            Attempt gaveUp = Attempt.get(loop);
            Attempt.on(loop, () -> {
                loop.clock().refresh();
                assertThat(at.onLoop(0).acquire(gaveUp, CONNECT, Need.PASSTHROUGH, false)).isNull();
                at.onLoop(0).cancel(gaveUp);
            });
            assertThat(worker.next().isEnded()).as("a request would go over it in clear").isTrue();
            Attempt.on(loop, () -> assertThat(at.connections()).isZero());
        } finally {
            certificates.close();
        }
    }

    // ---- limit and queue

    @Test
    void overTheLimitAttemptsWaitForAConnectionInTurn() {
        endpoint = endpoint(1, 2);
        Attempt first = get();
        Accepted connection = worker.next();
        Attempt second = get();
        Attempt third = get();
        Attempt fourth = get();
        assertThat(fourth.outcome()).isEqualTo("|QUEUE_FULL");
        for (Attempt attempt : List.of(first, second, third)) {
            connection.head();
            connection.send(OK);
            assertThat(attempt.outcome()).isEqualTo("200 ok|end");
        }
        assertThat(worker.hasMore()).isFalse();
        assertThat(endpoint.connections()).isOne();
    }

    @Test
    void aPlaceInTheQueueIsGivenUpAfterItsTime() {
        endpoint = endpoint(1, 1);
        Attempt first = get();
        Accepted connection = worker.next();
        first.side();
        Attempt second = Attempt.get(loop).start(endpoint, TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(second.outcome()).isEqualTo("|QUEUE_TIMEOUT");
        connection.head();
        connection.send(OK);
        assertThat(first.outcome()).isEqualTo("200 ok|end");
        assertThat(isReused(connection)).as("the place is free again").isTrue();
    }

    @Test
    void anAttemptThatLeavesTheQueueIsNotServed() {
        endpoint = endpoint(1, 1);
        Attempt first = get();
        Accepted connection = worker.next();
        first.side();
        Attempt second = get();
        Attempt.on(loop, () -> endpoint.onLoop(0).cancel(second));
        connection.head();
        connection.send(OK);
        first.outcome();
        assertThat(isReused(connection)).isTrue();
        assertThat(second.isConnected()).isFalse();
    }

    @Test
    void aConnectionThatIsClosedMakesRoomForAnother() {
        endpoint = endpoint(1, 1);
        Attempt first = get();
        Accepted connection = worker.next();
        Attempt second = get();
        connection.head();
        connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        first.outcome();
        Accepted another = worker.next();
        another.head();
        another.send(OK);
        assertThat(second.outcome()).isEqualTo("200 ok|end");
    }

    @Test
    void aLoopThatWaitsGetsTheConnectionThatAnotherLoopDoesNotNeed() {
        endpoint = endpoint(1, 1);
        serveOne(OK); // idle on the first loop
        Attempt second = Attempt.get(other).start(endpoint, CONNECT);
        Accepted fresh = worker.next();
        fresh.head();
        fresh.send(OK);
        assertThat(second.outcome()).isEqualTo("200 ok|end");
    }

    @Test
    void aLoopThatWaitsGetsTheConnectionThatAnotherLoopFinishesWith() {
        endpoint = endpoint(1, 1);
        Attempt first = get();
        Accepted connection = worker.next();
        connection.head();
        first.side();
        Attempt second = Attempt.get(other).start(endpoint, CONNECT);
        Attempt.on(other, () -> {}); // it is in the queue
        connection.send(OK);
        first.outcome();
        Accepted fresh = worker.next();
        fresh.head();
        fresh.send(OK);
        assertThat(second.outcome()).isEqualTo("200 ok|end");
        Attempt.on(loop, () -> assertThat(endpoint.connections()).isOne());
    }

    /** Two loops compete for one connection: whatever the interleaving, everyone is served long before the queue's time is over. */
    @Test
    void noneOfTwoCompetingLoopsIsForgotten() {
        endpoint = endpoint(1, 64);
        CompletableFuture<Void> server = CompletableFuture.runAsync(() -> {
            for (int served = 0; served < 200; ) {
                Accepted connection = worker.next();
                connection.head();
                connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                served++;
            }
        }, Thread::startVirtualThread);
        for (int round = 0; round < 100; round++) {
            Attempt one = Attempt.get(loop).start(endpoint, CONNECT);
            Attempt two = Attempt.get(other).start(endpoint, CONNECT);
            assertThat(one.outcome()).isEqualTo("200 |end");
            assertThat(two.outcome()).isEqualTo("200 |end");
        }
        Attempt.await(server);
    }

    @Test
    void aConnectionThatTookTooLongMakesItsEndpointRest() {
        Attempt.on(loop, () -> {
            Attempt impatient = Attempt.get(loop);
            EndpointPool pool = endpoint.onLoop(0);
            assertThat(pool.acquire(impatient, CONNECT, Need.REQUEST, true)).isNull();
            pool.giveUp(impatient);
            assertThat(endpoint.connectable(loop.clock().now())).isFalse();
        });
        worker.next();
    }

    @Test
    void aPlaceInTheQueueThatTookTooLongSaysNothingOfTheEndpoint() {
        endpoint = endpoint(1, 1);
        get();
        Attempt.on(loop, () -> {
            Attempt impatient = Attempt.get(loop);
            EndpointPool pool = endpoint.onLoop(0);
            assertThat(pool.acquire(impatient, CONNECT, Need.REQUEST, true)).isNull();
            pool.giveUp(impatient);
        });
        worker.next();
        Attempt.on(loop, () -> {}); // it is established
        assertThat(endpoint.connectable(System.nanoTime())).isTrue();
    }

    // ---- who needs a new connection

    @Test
    void whoNeedsANewConnectionGetsNoneThatHasServed() {
        Accepted kept = serveOne(OK);
        Attempt fresh = Attempt.get(loop).start(endpoint, CONNECT, true);
        Accepted made = worker.next();
        assertThat(fresh.side().isReused()).isFalse();
        made.head();
        made.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        fresh.outcome();
        assertThat(isReused(kept)).isTrue();
    }

    @Test
    void anIdleConnectionMakesRoomForANewOne() {
        endpoint = endpoint(1, 0);
        Accepted kept = serveOne(OK);
        Attempt fresh = Attempt.get(loop).start(endpoint, CONNECT, true);
        Accepted made = worker.next();
        assertThat(kept.isEnded()).isTrue();
        made.head();
        made.send(OK);
        assertThat(fresh.outcome()).isEqualTo("200 ok|end");
        assertThat(endpoint.connections()).isOne();
    }

    @Test
    void whoWaitsForANewConnectionGetsOneWhenAnotherHasServed() {
        endpoint = endpoint(1, 1);
        Attempt first = get();
        Accepted served = worker.next();
        first.side();
        Attempt fresh = Attempt.get(loop).start(endpoint, CONNECT, true);
        served.head();
        served.send(OK);
        assertThat(first.outcome()).isEqualTo("200 ok|end");
        Accepted made = worker.next();
        assertThat(fresh.side().isReused()).isFalse();
        assertThat(served.isEnded()).isTrue();
        made.head();
        made.send(OK);
        assertThat(fresh.outcome()).isEqualTo("200 ok|end");
    }

    // ---- a worker that is found silent

    /** Tells the endpoint, and waits until every loop has done its part. */
    private void foundSilent() {
        endpoint.foundSilent();
        Attempt.on(loop, () -> {});
        Attempt.on(other, () -> {});
    }

    @Test
    void idleConnectionsToASilentWorkerAreClosedOnAllLoops() {
        Accepted one = serveOne(OK);
        Attempt onOther = Attempt.get(other).start(endpoint, CONNECT);
        Accepted two = worker.next();
        two.head();
        two.send(OK);
        onOther.outcome();
        foundSilent();
        assertThat(endpoint.connections()).isZero();
        assertThat(one.isEnded()).isTrue();
        assertThat(two.isEnded()).isTrue();
        assertThat(isReused(one)).as("a new one serves again").isFalse();
    }

    @Test
    void attemptsThatGotNothingFromASilentWorkerAreAskedAndOthersAreNot() {
        Attempt begun = get();
        Accepted beginning = worker.next();
        beginning.head();
        beginning.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        assertThat(begun.status()).isEqualTo(200);
        Attempt interim = get();
        Accepted early = worker.next();
        early.head();
        early.send("HTTP/1.1 103 Early Hints\r\n\r\n");
        Attempt.await(interim.interim());
        Attempt waiting = get();
        Accepted silent = worker.next();
        waiting.side();
        foundSilent();
        beginning.send("ok");
        early.send(OK);
        silent.send(OK); // it does answer after all
        assertThat(begun.outcome()).isEqualTo("200 ok|end");
        assertThat(interim.outcome()).isEqualTo("103 200 ok|end");
        assertThat(waiting.outcome()).isEqualTo("[silent]200 ok|end");
    }

    @Test
    void anAttemptThatLeavesASilentWorkerClosesItsConnection() {
        Attempt waiting = Attempt.get(loop).leavingSilentOnes(endpoint).start(endpoint, CONNECT);
        Accepted silent = worker.next();
        silent.head();
        waiting.side();
        foundSilent();
        assertThat(waiting.outcome()).isEqualTo("[silent]|left");
        assertThat(silent.isEnded()).isTrue();
        assertThat(endpoint.connections()).isZero();
    }

    @Test
    void aConnectionThatIsBeingMadeToASilentWorkerIsGivenUpIfNobodyWaitsForIt() {
        Attempt patient = Attempt.get(loop);
        Attempt impatient = Attempt.get(loop).leavingSilentOnes(endpoint);
        Attempt.on(loop, () -> {
            EndpointPool pool = endpoint.onLoop(0);
            assertThat(pool.acquire(patient, CONNECT, Need.REQUEST, false)).isNull();
            assertThat(pool.acquire(impatient, CONNECT, Need.REQUEST, false)).isNull();
            assertThat(endpoint.connections()).isEqualTo(2);
            pool.giveBack();
            assertThat(endpoint.connections()).isOne();
        });
        assertThat(impatient.outcome()).isEqualTo("[silent]|left");
        patient.side();
        Accepted connection = worker.next();
        if (worker.hasMore()) { // the one that was given up may have been accepted all the same
            connection = worker.next();
        }
        assertThat(endpoint.connectable(System.nanoTime())).as("it is no failure to connect").isTrue();
        Attempt.on(loop, () -> patient.side().abort());
        assertThat(endpoint.connections()).isZero();
        connection.close();
    }

    @Test
    void attemptsInTheQueueForASilentWorkerAreAsked() {
        endpoint = endpoint(1, 2);
        get();
        Accepted connection = worker.next();
        Attempt impatient = Attempt.get(loop).leavingSilentOnes(endpoint).start(endpoint, CONNECT);
        Attempt patient = get();
        foundSilent();
        assertThat(impatient.outcome()).isEqualTo("[silent]|left");
        assertThat(endpoint.queued()).isOne();
        connection.head();
        connection.send(OK);
        connection.head();
        connection.send(OK);
        assertThat(patient.outcome()).isEqualTo("[silent]200 ok|end");
    }

    // ---- a worker that is found to refuse connections

    private void foundRefusing() {
        endpoint.foundRefusing();
        Attempt.on(loop, () -> {});
        Attempt.on(other, () -> {});
    }

    /** One that shuts down refuses, and answers what it has. */
    @Test
    void whatARefusingWorkerHasRunsOnAndItsIdleConnectionsStay() {
        Attempt waiting = Attempt.get(loop).leavingSilentOnes(endpoint).start(endpoint, CONNECT);
        Accepted draining = worker.next();
        draining.head();
        waiting.side();
        serveOne(OK);
        foundRefusing();
        assertThat(endpoint.connections()).isEqualTo(2);
        assertThat(endpoint.idleOn(0)).isOne();
        draining.send(OK);
        assertThat(waiting.outcome()).isEqualTo("200 ok|end");
        assertThat(isReused(draining)).isTrue();
    }

    @Test
    void aConnectionThatIsBeingMadeToARefusingWorkerIsGivenUpIfNobodyWaitsForIt() {
        Attempt patient = Attempt.get(loop);
        Attempt impatient = Attempt.get(loop).leavingSilentOnes(endpoint);
        Attempt.on(loop, () -> {
            EndpointPool pool = endpoint.onLoop(0);
            assertThat(pool.acquire(patient, CONNECT, Need.REQUEST, false)).isNull();
            assertThat(pool.acquire(impatient, CONNECT, Need.REQUEST, false)).isNull();
            pool.giveBackUnconnected();
            assertThat(endpoint.connections()).isOne();
        });
        assertThat(impatient.outcome()).isEqualTo("[silent]|left");
        patient.side();
        Attempt.on(loop, () -> patient.side().abort());
    }

    @Test
    void attemptsInTheQueueForARefusingWorkerAreAsked() {
        endpoint = endpoint(1, 2);
        Attempt first = get();
        Accepted connection = worker.next();
        first.side();
        Attempt impatient = Attempt.get(loop).leavingSilentOnes(endpoint).start(endpoint, CONNECT);
        Attempt patient = get();
        foundRefusing();
        assertThat(impatient.outcome()).isEqualTo("[silent]|left");
        connection.head();
        connection.send(OK);
        connection.head();
        connection.send(OK);
        assertThat(first.outcome()).as("it was written").isEqualTo("200 ok|end");
        assertThat(patient.outcome()).isEqualTo("[silent]200 ok|end");
    }

    // ---- idle connections grow old

    @Test
    void surplusIdleConnectionsAreClosed() {
        endpoint = endpoint(new UpstreamSettings(10, 0, 2, Duration.ofMinutes(1))); // one for each of the two loops
        List<Attempt> attempts = new ArrayList<>();
        List<Accepted> connections = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            attempts.add(get());
            connections.add(worker.next());
        }
        connections.forEach(Accepted::head);
        for (int i = 0; i < 3; i++) { // in this order they become idle
            int which = i;
            connections.get(i).send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + i);
            Attempt.await(CompletableFuture.anyOf(
                    attempts.stream().map(attempt -> attempt.outcomeOf("200 " + which + "|end")).toArray(CompletableFuture<?>[]::new)));
        }
        assertThat(connections.get(0).isEnded()).isTrue();
        assertThat(connections.get(1).isEnded()).isTrue();
        connections.remove(2).close();
    }

    @Test
    void aConnectionThatTheWorkerWillSoonCloseIsClosedFirst() {
        Accepted connection = serveOne("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok");
        assertThat(connection.isEnded()).isTrue();
    }
}
