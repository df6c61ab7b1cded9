package io.weir.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.weir.exchange.Reason;
import io.weir.upstream.AttemptFailure;
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

    @Test
    void refusedConnectionsDoNotCount() {
        rig = new FrontendRig(2, null);
        SocketLikeChannel first = rig.open();
        SocketLikeChannel second = rig.open();
        for (int i = 0; i < 3; i++) {
            SocketLikeChannel refused = rig.open();
            assertThat(refused.sent()).startsWith("HTTP/1.1 503 ");
            assertThat(refused.isOpen()).isFalse();
            assertThat(rig.limit.open()).isEqualTo(2);
        }
        var _ = first.close();
        rig.settle();
        SocketLikeChannel next = rig.open();
        next.receive(GET);
        rig.worker().answer("served");
        assertThat(next.sent()).endsWith("served");
        assertThat(second.isOpen()).isTrue();
        assertThat(rig.limit.open()).isEqualTo(2);
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

    // ---- cut, and broken

    @Test
    void anUploadWhoseResponseIsCutHasNoDeadlineAndTakesNoMoreBytes() {
        SocketLikeChannel client = rig.open();
        ClientConnection connection = client.pipeline().get(ClientConnection.class);
        ChannelHandlerContext context = client.pipeline().context(connection);
        client.receive(UPLOAD + "some");
        ByteBuf late = ByteBufUtil.writeAscii(rig.alloc, "more");
        client.turn(() -> {
            rig.worker().head("HTTP/1.1 200 OK").body("x").fail(AttemptFailure.CUT);
            assertThat(client.isOpen()).isFalse();
            connection.channelRead(context, late); // was on its way up
            rig.pass(FrontendRig.BODY.plus(TICK)); // and the connection has not heard of its end yet
        });
        assertThat(late.refCnt()).isZero();
        assertThat(client.sent()).endsWith("\r\n\r\n1\r\nx\r\n");
        assertThat(rig.listener.reasons()).containsExactly(Reason.RESPONSE_CUT);
    }

    @Test
    void aBadChunkBehindTheHeadOfTheResponseCutsIt() {
        SocketLikeChannel client = rig.open();
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nTransfer-Encoding: chunked\r\n\r\n");
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 10").body("x").pause();
        client.receive("2\r\nok\r\n");
        client.receive("2\r\nno\r\nzz\r\n" + GET);
        assertThat(rig.worker().body()).startsWith("ok");
        assertThat(rig.worker().isAborted()).isTrue();
        assertThat(client.sent()).endsWith("\r\n\r\nx");
        assertThat(client.isOpen()).isFalse();
        assertThat(rig.listener.reasons()).containsExactly(Reason.BAD_REQUEST);
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"POST, 'Content-Length: 4\r\n'", "GET, ''", "GET, 'Connection: close\r\n'"})
    void aConnectionThatBreaksUnderAnAnswerOfOurOwnIsClosed(String method, String field) {
        SocketLikeChannel client = rig.open();
        client.breakDown();
        client.turn(() -> {
            client.receive(method + " / HTTP/1.1\r\nHost: other.test\r\n" + field + "\r\nbody" + GET);
            assertThat(client.isOpen()).isFalse();
            rig.pass(FrontendRig.BODY.plus(TICK)); // before the connection has heard of its end
        });
        assertThat(rig.listener.reasons()).containsExactly(Reason.NO_ROUTE);
        assertThat(rig.connector.workers()).isEmpty();
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
    void aClientThatGoesOnSendingIsCutOffAfterHalfAMinute() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD);
        rig.worker().answer("");
        client.sent();
        for (int i = 0; i < 29; i++) {
            rig.pass(Duration.ofSeconds(1));
            client.receive("x".repeat(65_536));
        }
        assertThat(client.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(1).plus(TICK));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void whatAClientSendsWhileItTakesAnEarlyAnswerDoesNotEndTheAnswer() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD);
        client.stall();
        rig.worker().answer("no");
        for (int i = 0; i < 100; i++) {
            rig.pass(Duration.ofSeconds(1));
            client.receive("x".repeat(65_536));
        }
        assertThat(client.isOutputShutdown()).isFalse();
        client.resume();
        assertThat(client.sent()).contains("Connection: close").endsWith("no");
        assertThat(client.isOutputShutdown()).isTrue();
        rig.pass(Duration.ofSeconds(2).plus(TICK));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void anAnswerWhoseEndIsKnownBeforeThatOfTheRequestSaysThatTheConnectionEnds() {
        SocketLikeChannel client = rig.open();
        client.receive(UPLOAD);
        rig.worker().head("HTTP/1.1 413 Too much", "Content-Length: 0").end();
        assertThat(client.sent()).contains("Connection: close\r\n");
        SocketLikeChannel streaming = rig.open();
        streaming.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 2\r\n\r\n1");
        rig.worker().head("HTTP/1.1 200 OK").body("1").pause();
        streaming.receive("2");
        rig.worker().body("2").end();
        assertThat(streaming.sent()).doesNotContain("Connection: close");
        assertThat(streaming.isOpen()).isTrue();
    }

    // ---- what is still to be taken of an answer

    @Test
    void anIdleConnectionIsNotClosedWhileItsClientTakesTheLastAnswer() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        client.stall();
        rig.worker().answer("slowly");
        rig.pass(FrontendRig.IDLE.multipliedBy(2).minusSeconds(1));
        assertThat(client.isOpen()).isTrue();
        client.resume();
        assertThat(client.sent()).endsWith("slowly");
    }

    @Test
    void aClientThatTakesNothingOfTheLastAnswerIsCut() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        client.stall();
        rig.worker().answer("never");
        rig.pass(FrontendRig.IDLE.multipliedBy(3).plus(TICK.multipliedBy(3)));
        assertThat(client.isOpen()).isFalse();
        assertThat(client.isReset()).as("its length tells").isFalse();
    }

    @Test
    void aBodyThatClosingEndsIsResetWhenItsClientTakesNothing() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.0\r\nHost: orders.test\r\n\r\n");
        client.stall();
        rig.worker().head("HTTP/1.1 200 OK").body("half of").end();
        rig.pass(FrontendRig.IDLE.multipliedBy(3).plus(TICK.multipliedBy(3)));
        assertThat(client.isReset()).isTrue();
    }

    @Test
    void aDrainWaitsForAClientThatTakesTheLastAnswerSlowly() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        client.stall();
        rig.worker().answer("slowly");
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        rig.pass(Duration.ofSeconds(30));
        assertThat(client.isOpen()).isTrue();
        client.resume();
        assertThat(client.sent()).endsWith("slowly");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void aBodyThatClosingEndsIsResetWhenTheDrainEndsBeforeItIsTaken() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.0\r\nHost: orders.test\r\n\r\n");
        client.stall();
        rig.worker().head("HTTP/1.1 200 OK").body("half of").end();
        assertThat(client.untaken()).isPositive();
        rig.frontend.drain(0);
        rig.turn(rig.frontend::endDrain);
        assertThat(client.isReset()).isTrue();
    }

    // ---- Expect

    @Test
    void aClientThatWaitsToBeToldToGoOnIsNotTooSlow() {
        SocketLikeChannel client = rig.open();
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        rig.pass(FrontendRig.BODY.multipliedBy(2));
        assertThat(client.sent()).isEmpty();
        rig.worker().head("HTTP/1.1 100 Continue");
        assertThat(client.sent()).startsWith("HTTP/1.1 100");
        rig.pass(FrontendRig.BODY.minusSeconds(1));
        client.receive("1");
        assertThat(client.sent()).isEmpty();
        rig.pass(FrontendRig.BODY.plus(TICK));
        assertThat(client.sent()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void aClientThatWasToldToGoOnAndDoesNotIsTooSlow() {
        SocketLikeChannel client = rig.open();
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        rig.worker().head("HTTP/1.1 100 Continue");
        client.sent();
        rig.pass(FrontendRig.BODY.plus(TICK));
        assertThat(client.sent()).startsWith("HTTP/1.1 408 ");
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
