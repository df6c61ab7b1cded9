package io.weir.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Reason;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How client connections end: refused, too slow, lingering, drained. */
class ClientConnectionEndTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: orders.test\r\n\r\n";
    private static final String UPLOAD = "POST / HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 1000000\r\n\r\n";
    private static final Duration TICK = Duration.ofMillis(200);

    private FrontendRig rig = new FrontendRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    // ---- refused

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\n\r\n', 400, BAD_REQUEST",
        "'GET / HTTP/2.0\r\n\r\n', 505, BAD_VERSION",
        "'GET / HTTP/1.1\r\nHost: orders.test\r\nTransfer-Encoding: gzip\r\n\r\n', 501, UNKNOWN_CODING"
    })
    void aBadHeadIsAnsweredAndTheConnectionEnds(String head, int status, Reason reason) {
        SocketLikeChannel client = rig.open();
        client.receive(head + GET);
        assertThat(client.sent()).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close\r\n");
        assertThat(client.isOutputShutdown()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(reason);
        assertThat(rig.connector.workers()).isEmpty();
    }

    @Test
    void headsOverTheLimitsAreAnswered() {
        SocketLikeChannel longLine = rig.open();
        longLine.receive("GET /" + "x".repeat(1100) + " HTTP/1.1\r\n");
        assertThat(longLine.sent()).startsWith("HTTP/1.1 414 ");
        SocketLikeChannel longHead = rig.open();
        longHead.receive("GET / HTTP/1.1\r\nHost: orders.test\r\nX: " + "x".repeat(2100) + "\r\n\r\n");
        assertThat(longHead.sent()).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void aBadBodyIsAnswered() {
        SocketLikeChannel client = rig.open();
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        assertThat(client.sent()).startsWith("HTTP/1.1 400 ").contains("Connection: close");
        assertThat(rig.worker().isAborted()).isTrue();
    }

    @Test
    void aMethodThatIsNotServedIsAnsweredWithThoseThatAre() {
        SocketLikeChannel client = rig.open();
        client.receive("TRACE / HTTP/1.1\r\nHost: orders.test\r\n\r\n");
        assertThat(client.sent()).startsWith("HTTP/1.1 405 ").contains("Allow: GET, HEAD, POST");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void oneConnectionTooManyIsAnsweredWith503AndClosed() {
        rig = new FrontendRig(1, null);
        SocketLikeChannel first = rig.open();
        SocketLikeChannel second = rig.open();
        assertThat(second.sent()).startsWith("HTTP/1.1 503 ").contains("overloaded", "Retry-After: ", "Connection: close");
        second.receive(GET);
        assertThat(second.sent()).isEmpty();
        var _ = second.close();
        var _ = first.close();
        rig.settle();
        assertThat(rig.limit.open()).isZero();
        SocketLikeChannel third = rig.open();
        third.receive(GET);
        rig.worker().answer("");
        assertThat(third.sent()).startsWith("HTTP/1.1 200");
    }

    // ---- too slow

    @Test
    void aNewConnectionThatSaysNothingIsClosedWithoutAnAnswer() {
        SocketLikeChannel client = rig.open();
        rig.pass(FrontendRig.HEAD.minusSeconds(1));
        assertThat(client.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(1).plus(TICK));
        assertThat(client.isOpen()).isFalse();
        assertThat(client.sent()).isEmpty();
        assertThat(rig.listener.all()).isEmpty();
    }

    @Test
    void aHeadThatIsNotCompleteInTimeIsAnsweredWith408() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 9; i++) {
            rig.pass(Duration.ofSeconds(1));
            client.receive("X-" + i + ": drip\r\n");
        }
        assertThat(client.sent()).isEmpty();
        rig.pass(Duration.ofSeconds(1).plus(TICK));
        assertThat(client.sent()).startsWith("HTTP/1.1 408 ").contains("Connection: close");
        assertThat(rig.listener.reasons()).containsExactly(Reason.REQUEST_TIMEOUT);
    }

    @Test
    void aGapInABodyThatIsTooLongIsAnsweredWith408() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD);
        for (int i = 0; i < 3; i++) {
            rig.pass(FrontendRig.BODY.minusSeconds(1));
            client.receive("x");
        }
        assertThat(client.sent()).isEmpty();
        rig.pass(FrontendRig.BODY.plus(TICK));
        assertThat(client.sent()).startsWith("HTTP/1.1 408 ");
        assertThat(rig.worker().isAborted()).isTrue();
    }

    @Test
    void aClientThatIsKeptWaitingIsNotTooSlow() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD);
        rig.worker().writable(false);
        rig.pass(FrontendRig.BODY.multipliedBy(3));
        assertThat(client.sent()).isEmpty();
        rig.worker().writable(true);
        rig.pass(FrontendRig.BODY.multipliedBy(2).plus(TICK));
        assertThat(client.sent()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void anAnswerMayTakeLongerThanAnyOfTheClientsTimes() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.pass(FrontendRig.IDLE.multipliedBy(2));
        rig.worker().answer("late");
        assertThat(client.sent()).endsWith("late");
    }

    @Test
    void anIdleConnectionIsClosed() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().answer("");
        client.sent();
        rig.pass(FrontendRig.IDLE.minusSeconds(1));
        assertThat(client.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(1).plus(TICK));
        assertThat(client.isOpen()).isFalse();
        assertThat(client.sent()).isEmpty();
    }

    // ---- lingering

    @Test
    void whatAClientStillSendsBehindAnEarlyAnswerIsThrownAwayForAMoment() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD + "some");
        rig.worker().head("HTTP/1.1 403 No", "Content-Length: 0").end();
        assertThat(client.sent()).startsWith("HTTP/1.1 403 No\r\n");
        assertThat(client.isOutputShutdown()).isTrue();
        assertThat(client.isOpen()).isTrue();
        client.receive("x".repeat(100_000));
        assertThat(client.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(2).plus(TICK));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aClientThatGoesOnSendingIsCutOffAfterAMebibyte() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD);
        rig.worker().answer("");
        client.sent();
        for (int i = 0; i < 16; i++) {
            client.receive("x".repeat(65_536));
        }
        rig.settle();
        assertThat(client.isOpen()).isTrue();
        client.receive("x");
        rig.settle();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aClientThatWasStoppedIsReadAgainWhileLingering() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD);
        rig.worker().writable(false);
        assertThat(client.isReading()).isFalse();
        rig.worker().answer("");
        client.sent();
        assertThat(client.isReading()).isTrue();
    }

    @Test
    void aClientThatCannotSendMoreIsClosedAtOnce() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.1\r\nHost: orders.test\r\nConnection: close\r\n\r\n");
        rig.worker().answer("");
        assertThat(client.sent()).contains("Connection: close");
        assertThat(client.isOpen()).isFalse();
    }

    // ---- drain

    @Test
    void aDrainSaysCloseInTheAnswersUnderWayAndEndsTheirConnections() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        rig.worker().answer("last");
        assertThat(client.sent()).contains("Connection: close\r\n").endsWith("last");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void aResponseThatHadBegunBeforeTheDrainEndsItsConnectionToo() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 2").body("x").pause();
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        rig.worker().body("y").end();
        assertThat(client.sent()).endsWith("\r\n\r\nxy");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void idleConnectionsAreClosedAfterTheGraceOfADrain() {
        SocketLikeChannel idle = rig.open();
        idle.receive(GET);
        rig.worker().answer("");
        idle.sent();
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        assertThat(idle.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(1).plus(TICK));
        assertThat(idle.isOpen()).isFalse();
    }

    @Test
    void aRequestThatWasOnItsWayIsStillServedWithinTheGrace() {
        SocketLikeChannel client = rig.open();
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        client.receive(GET);
        rig.pass(Duration.ofSeconds(5));
        rig.worker().answer("served");
        assertThat(client.sent()).contains("Connection: close").endsWith("served");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void whatHasNoAnswerWhenTheDrainEndsGets503() {
        SocketLikeChannel waiting = rig.open();
        waiting.receive(GET);
        SocketLikeChannel uploading = rig.open();
        uploading.receive(UPLOAD);
        SocketLikeChannel reading = rig.open();
        reading.receive("GET / HT");
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        rig.turn(rig.frontend::endDrain);
        rig.settle();
        assertThat(waiting.sent()).startsWith("HTTP/1.1 503 ").contains("draining", "Connection: close");
        assertThat(uploading.sent()).startsWith("HTTP/1.1 503 ");
        assertThat(reading.sent()).isEmpty();
        assertThat(waiting.isEnded()).isTrue();
        assertThat(reading.isOpen()).isFalse();
        rig.pass(Duration.ofSeconds(2).plus(TICK));
        assertThat(waiting.isOpen()).isFalse();
    }
}
