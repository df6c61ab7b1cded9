package io.weir.frontend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.weir.config.TcpSettings;
import io.weir.exchange.Reason;
import io.weir.exchange.ScriptedWorker;
import io.weir.tls.TestHello;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client's connection that carries bytes, and the look for where they lead. */
class TcpConnectionTest {
    private static final TcpSettings ORDERS = new TcpSettings("orders.test");

    private FrontendRig rig = new FrontendRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private static void receive(SocketLikeChannel client, byte... bytes) {
        client.receive(Unpooled.copiedBuffer(bytes));
    }

    // ---- bytes

    @Test
    void theWorkerMaySpeakFirstAndEachDirectionEndsByItself() {
        SocketLikeChannel client = rig.openTcp(ORDERS);
        ScriptedWorker worker = rig.worker();
        assertThat(worker.isUnflushed()).isFalse();
        worker.body("220 hello").pause();
        assertThat(client.sent()).isEqualTo("220 hello");
        client.receive("GET / HTTP/1.1\r\n\r\n");
        client.endInput();
        assertThat(worker.body()).isEqualTo("GET / HTTP/1.1\r\n\r\n");
        assertThat(worker.hasWholeRequest()).isTrue();
        assertThat(client.isOpen()).isTrue();
        worker.body("bye").end();
        assertThat(client.sent()).isEqualTo("bye");
        assertThat(client.isOpen()).isFalse();
        assertThat(client.isReset()).isFalse();
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    @Test
    void aWorkerThatEndsFirstLeavesTheClientItsSay() {
        SocketLikeChannel client = rig.openTcp(ORDERS);
        rig.worker().body("bye").end();
        assertThat(client.sent()).isEqualTo("bye");
        assertThat(client.isEnded()).isTrue();
        assertThat(client.isOpen()).isTrue();
        client.receive("you too");
        client.endInput();
        assertThat(rig.worker().body()).isEqualTo("you too");
        rig.settle();
        assertThat(client.isOpen()).isFalse();
        assertThat(client.isReset()).isFalse();
    }

    @Test
    void whoeverDoesNotKeepUpStopsTheOther() {
        SocketLikeChannel client = rig.openTcp(ORDERS);
        rig.worker().writable(false);
        assertThat(client.isReading()).isFalse();
        rig.worker().writable(true);
        assertThat(client.isReading()).isTrue();
        client.writable(false);
        assertThat(rig.worker().isDemanded()).isFalse();
        client.writable(true);
        assertThat(rig.worker().isDemanded()).isTrue();
        client.hangUp();
        assertThat(rig.worker().isAborted()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
    }

    @Test
    void whoEndsBeforeThereIsAWorkerIsStillServed() {
        rig.connector.later();
        SocketLikeChannel client = rig.openTcp(ORDERS);
        client.receive("question");
        client.endInput();
        rig.connector.waiting().connect();
        assertThat(rig.worker().body()).isEqualTo("question");
        assertThat(rig.worker().hasWholeRequest()).isTrue();
        rig.worker().body("answer").end();
        assertThat(client.sent()).isEqualTo("answer");
        assertThat(client.isReset()).isFalse();
    }

    @Test
    void aWorkerThatBreaksResetsTheClient() {
        SocketLikeChannel client = rig.openTcp(ORDERS);
        rig.worker().body("hal").fail(AttemptFailure.CUT);
        assertThat(client.isReset()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.RESPONSE_CUT);
    }

    @Test
    void aWriteThatFailsEndsItAsAClientThatIsGone() {
        SocketLikeChannel client = rig.openTcp(ORDERS);
        client.breakDown();
        rig.worker().body("x").pause();
        rig.settle();
        assertThat(client.isOpen()).isFalse();
        assertThat(rig.worker().isAborted()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
    }

    @Test
    void whoTakesNothingOfTheLastBytesIsResetAfterItsTime() {
        SocketLikeChannel client = rig.openTcp(ORDERS);
        client.stall();
        rig.worker().body("bytes").pause();
        client.endInput();
        rig.worker().end();
        assertThat(client.isOpen()).isTrue();
        rig.pass(FrontendRig.IDLE.multipliedBy(2).plusSeconds(1));
        assertThat(client.isReset()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    // ---- refused

    @Test
    void whoCanNotBeServedIsResetAndGetsNotAByte() {
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED);
        for (TcpSettings to : new TcpSettings[] {ORDERS, new TcpSettings("nobody.test")}) {
            SocketLikeChannel client = rig.openTcp(to);
            rig.settle();
            assertThat(client.sent()).isEmpty();
            assertThat(client.isReset()).isTrue();
        }
        assertThat(rig.listener.reasons()).containsExactly(Reason.CONNECT_FAILED, Reason.NO_ROUTE);
    }

    @Test
    void oneTooManyIsReset() {
        rig = new FrontendRig(1, null);
        SocketLikeChannel first = rig.openTcp(ORDERS);
        SocketLikeChannel second = rig.openTcp(ORDERS);
        rig.settle();
        assertThat(second.isReset()).isTrue();
        assertThat(rig.frontend.connections()).isEqualTo(1);
        first.hangUp();
        assertThat(rig.listener.reasons()).containsExactly(Reason.OVERLOADED, Reason.CLIENT_GONE);
    }

    // ---- by the server name

    @Test
    void theHelloThatWasLookedAtGoesOnWhole() throws Exception {
        byte[] hello = TestHello.of("Orders.Test");
        for (int piece : new int[] {hello.length, 100, 1}) {
            SocketLikeChannel client = rig.openTcp(TcpSettings.BY_SERVER_NAME);
            for (int from = 0; from < hello.length; from += piece) {
                receive(client, Arrays.copyOfRange(hello, from, Math.min(hello.length, from + piece)));
            }
            client.receive("more");
            assertThat(rig.worker().body()).isEqualTo(new String(hello, ISO_8859_1) + "more");
            assertThat(rig.worker().isUnflushed()).isFalse();
            client.endInput();
            rig.worker().end();
        }
        assertThat(rig.listener.reasons()).containsOnly(Reason.OK).hasSize(3);
    }

    @Test
    void whatNamesNoServerOrIsNoTlsOrTooLongIsReset() throws Exception {
        byte[] tooLong = new byte[16 * 1024];
        System.arraycopy(new byte[] {22, 3, 1, 0x3f, (byte) 0xff, 1, 0, (byte) 0xff, 0}, 0, tooLong, 0, 9);
        byte[] tinyRecords = new byte[16 * 1024];
        for (int i = 0; i + 6 <= tinyRecords.length; i += 6) {
            System.arraycopy(new byte[] {22, 3, 1, 0, 1, 1}, 0, tinyRecords, i, 6);
        }
        tinyRecords[tinyRecords.length - 4] = 22;
        tinyRecords[tinyRecords.length - 3] = 3;
        byte[][] refused = {TestHello.of(""), "GET / HTTP/1.1\r\n".getBytes(ISO_8859_1), tooLong, tinyRecords, TestHello.of("nobody.test")};
        for (byte[] first : refused) {
            SocketLikeChannel client = rig.openTcp(TcpSettings.BY_SERVER_NAME);
            receive(client, first);
            rig.settle();
            assertThat(client.sent()).isEmpty();
            assertThat(client.isReset()).isTrue();
        }
        assertThat(rig.listener.reasons()).containsExactly(Reason.NO_SERVER_NAME, Reason.NOT_TLS, Reason.NOT_TLS, Reason.NOT_TLS, Reason.NO_ROUTE);
        assertThat(rig.connector.workers()).isEmpty();
    }

    @Test
    void aHelloHasItsTimeAndWhoSaysNothingIsNotToldOf() {
        SocketLikeChannel silent = rig.openTcp(TcpSettings.BY_SERVER_NAME);
        SocketLikeChannel slow = rig.openTcp(TcpSettings.BY_SERVER_NAME);
        receive(slow, (byte) 22, (byte) 3);
        SocketLikeChannel gone = rig.openTcp(TcpSettings.BY_SERVER_NAME);
        receive(gone, (byte) 22);
        gone.hangUp();
        SocketLikeChannel ended = rig.openTcp(TcpSettings.BY_SERVER_NAME);
        receive(ended, (byte) 22);
        ended.endInput();
        rig.pass(FrontendRig.HEAD.plusSeconds(1));
        assertThat(silent.isOpen()).isFalse();
        assertThat(slow.isReset()).isTrue();
        assertThat(ended.isReset()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.NOT_TLS, Reason.REQUEST_TIMEOUT);
    }

    // ---- drain

    @Test
    void aDrainLetsTunnelsRunUntilItsEnd() {
        SocketLikeChannel open = rig.openTcp(ORDERS);
        SocketLikeChannel undecided = rig.openTcp(TcpSettings.BY_SERVER_NAME);
        receive(undecided, (byte) 22);
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        rig.pass(Duration.ofSeconds(2));
        assertThat(undecided.isReset()).isTrue();
        rig.worker().body("still here").pause();
        assertThat(open.sent()).isEqualTo("still here");
        rig.frontend.endDrain();
        rig.settle();
        assertThat(open.isOpen()).isFalse();
        assertThat(open.isReset()).isFalse();
        assertThat(rig.worker().isLeft()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.REQUEST_TIMEOUT, Reason.DRAINING);
    }

    @Test
    void theEndOfADrainResetsWhoHasNoWorkerYet() {
        rig.connector.later();
        SocketLikeChannel waiting = rig.openTcp(ORDERS);
        SocketLikeChannel undecided = rig.openTcp(TcpSettings.BY_SERVER_NAME);
        receive(undecided, (byte) 22);
        rig.frontend.endDrain();
        rig.settle();
        assertThat(waiting.isReset()).isTrue();
        assertThat(undecided.isReset()).isTrue();
        assertThat(rig.listener.reasons()).containsOnly(Reason.DRAINING).hasSize(2);
    }
}
