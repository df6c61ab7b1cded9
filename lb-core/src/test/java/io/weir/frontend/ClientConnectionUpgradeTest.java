package io.weir.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Reason;
import io.weir.exchange.ScriptedWorker;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client's connection once it was upgraded, and what comes before. */
class ClientConnectionUpgradeTest {
    private static final String ASK = String.join(
            "\r\n", "GET /chat HTTP/1.1", "Host: orders.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "\r\n");
    private static final String[] SWITCH = {"HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: x"};
    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private final FrontendRig rig = new FrontendRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private SocketLikeChannel upgraded() {
        SocketLikeChannel client = rig.open();
        client.receive(ASK);
        rig.worker().head(SWITCH).pause();
        assertThat(client.sent()).isEqualTo(SWITCHED);
        return client;
    }

    @Test
    void bytesPassBothWaysAndEachDirectionEndsByItself() {
        SocketLikeChannel client = upgraded();
        ScriptedWorker worker = rig.worker();
        client.receive("GET / HTTP/1.1\r\n\r\n");
        worker.body("\0\1").pause();
        assertThat(client.sent()).isEqualTo("\0\1");
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
        SocketLikeChannel client = upgraded();
        rig.worker().body("bye").end();
        assertThat(client.sent()).isEqualTo("bye");
        assertThat(client.isEnded()).isTrue();
        assertThat(client.isOpen()).isTrue();
        client.receive("you too");
        client.endInput();
        assertThat(rig.worker().body()).isEqualTo("you too");
        rig.settle();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void whatComesEarlyComesFirst() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 50; round++) {
            SocketLikeChannel client = rig.open();
            String stream = ASK + "0123456789".repeat(5) + "abcdef";
            int switched = ASK.length() + random.nextInt(stream.length() - ASK.length() + 1);
            int at = 0;
            while (at < stream.length()) {
                int end = Math.min(stream.length(), at + 1 + random.nextInt(60));
                if (at < switched && end >= switched) {
                    client.receive(stream.substring(at, end));
                    rig.worker().head(SWITCH).pause();
                } else {
                    client.receive(stream.substring(at, end));
                }
                at = end;
            }
            assertThat(rig.worker().body()).isEqualTo(stream.substring(ASK.length()));
            assertThat(rig.worker().isUnflushed()).isFalse();
            assertThat(client.isReading()).isTrue();
            client.endInput();
            rig.worker().end();
            client.sent();
        }
    }

    @Test
    void bytesAheadOfARefusalAreNoRequest() {
        SocketLikeChannel client = rig.open();
        client.receive(ASK + "GET /smuggled HTTP/1.1\r\nHost: orders.test\r\n\r\n");
        rig.worker().answer("no");
        assertThat(client.sent()).contains("Connection: close").endsWith("no");
        assertThat(client.isEnded()).isTrue();
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @Test
    void bytesBehindTheHeadOfARefusalAreNoRequestEither() {
        SocketLikeChannel client = rig.open();
        client.receive(ASK);
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 2");
        client.receive("GET /smuggled HTTP/1.1\r\nHost: orders.test\r\n\r\n");
        rig.worker().body("no").end();
        client.sent();
        assertThat(client.isEnded()).isTrue();
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @Test
    void aRefusalWithoutSuchBytesLeavesTheConnection() {
        SocketLikeChannel client = rig.open();
        client.receive(ASK);
        rig.worker().answer("no");
        client.receive("GET /next HTTP/1.1\r\nHost: orders.test\r\n\r\n");
        assertThat(rig.worker().head()).startsWith("GET /next");
        rig.worker().answer("");
        client.sent();
    }

    @Test
    void aHandshakeOfAnotherVersionIsToldTheRightOne() {
        SocketLikeChannel client = rig.open();
        client.receive(ASK.replace("Version: 13", "Version: 8"));
        assertThat(client.sent()).startsWith("HTTP/1.1 426 Upgrade Required\r\n").contains("\r\nSec-WebSocket-Version: 13\r\n", "\r\nUpgrade: websocket\r\n");
        assertThat(client.isEnded()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.BAD_REQUEST);
    }

    @Test
    void aWorkerThatBreaksResetsTheClient() {
        SocketLikeChannel client = upgraded();
        rig.worker().fail(AttemptFailure.CUT);
        rig.settle();
        assertThat(client.isReset()).isTrue();
    }

    @Test
    void aClientThatIsGoneAbortsTheWorker() {
        SocketLikeChannel client = upgraded();
        var _ = client.close();
        rig.settle();
        assertThat(rig.worker().isAborted()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
    }

    @Test
    void aDrainLetsItRunAndEndsItAtItsEnd() {
        SocketLikeChannel client = upgraded();
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        rig.pass(Duration.ofSeconds(5));
        rig.worker().body("still").pause();
        assertThat(client.sent()).isEqualTo("still");
        rig.frontend.endDrain();
        rig.settle();
        assertThat(client.isOpen()).isFalse();
        assertThat(rig.listener.reasons()).containsExactly(Reason.DRAINING);
    }

    @Test
    void itsTimeIsTheExchangesAndNotThatOfRequests() {
        SocketLikeChannel client = upgraded();
        rig.pass(FrontendRig.IDLE.plusMinutes(1));
        assertThat(client.isOpen()).isTrue();
        var _ = client.close();
        rig.settle();
    }
}
