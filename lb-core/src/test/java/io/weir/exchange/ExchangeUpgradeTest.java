package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Upgraded connections: bytes both ways, and how they come to an end. */
class ExchangeUpgradeTest {
    private static final String[] SWITCH = {"HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: x"};

    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private ScriptedClient ask() {
        return rig.request(
                "GET / HTTP/1.1", "Host: orders.test", "Connection: Upgrade", "Upgrade: websocket", "TE: trailers", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    }

    private ScriptedWorker upgrade() {
        return rig.connector.worker().head(SWITCH);
    }

    private RecordingListener.Settled settled() {
        return rig.listener.only();
    }

    @Test
    void bothSendWhatTheyLikeUntilBothHaveEnded() {
        ScriptedClient client = ask();
        assertThat(rig.connector.worker().hasWholeRequest()).isTrue();
        ScriptedWorker worker = upgrade().body("hello").pause();
        rig.body("hi");
        worker.body("more").pause();
        rig.body("there").ended();
        assertThat(worker.body()).isEqualTo("hithere");
        worker.body("bye").end();
        assertThat(client.said).containsExactly("head 101", "body hello", "body more", "body bye", "end", "settled");
        assertThat(settled()).isEqualTo(new RecordingListener.Settled(Reason.OK, 101, "orders", "a", 1, 7, 12));
    }

    @Test
    void aWorkerThatEndsFirstStillGetsWhatTheClientSays() {
        ScriptedClient client = ask();
        ScriptedWorker worker = upgrade();
        worker.end();
        assertThat(client.said).containsExactly("head 101", "end");
        assertThat(rig.targets.getFirst().inFlight()).isEqualTo(1);
        rig.body("last words");
        assertThat(worker.body()).isEqualTo("last words");
        rig.ended();
        assertThat(worker.hasWholeRequest()).isTrue();
        assertThat(settled().reason()).isEqualTo(Reason.OK);
    }

    @Test
    void whatTheWorkerIsToldOfTheConnectionIsNotTrailers() {
        ask();
        assertThat(rig.connector.worker().head()).doesNotContain("TE:", "Connection:").contains("Sec-WebSocket-Key: dGhl");
        upgrade();
        rig.clientGone();
    }

    @Test
    void whoeverDoesNotKeepUpStopsTheOther() {
        ScriptedClient client = ask();
        ScriptedWorker worker = upgrade();
        worker.writable(false);
        assertThat(client.isDemanded()).isFalse();
        worker.writable(true);
        assertThat(client.isDemanded()).isTrue();
        rig.clientWritable(false);
        assertThat(worker.isDemanded()).isFalse();
        rig.clientWritable(true);
        assertThat(worker.isDemanded()).isTrue();
        rig.clientGone();
    }

    @Test
    void aClientThatBreaksAbortsTheWorker() {
        ask();
        ScriptedWorker worker = upgrade();
        rig.clientGone();
        assertThat(worker.isAborted()).isTrue();
        assertThat(settled()).extracting("reason", "status").containsExactly(Reason.CLIENT_GONE, 101);
    }

    @Test
    void aWorkerThatBreaksAbortsTheClientAndIsNotTriedAgain() {
        ScriptedClient client = ask();
        upgrade().fail(AttemptFailure.CUT);
        assertThat(client.said).containsExactly("head 101", "abort", "settled");
        assertThat(settled()).extracting("reason", "attempts").containsExactly(Reason.RESPONSE_CUT, 1);
    }

    @Test
    void whoeverBreaksOnceOneSideHasEndedIsNobodysFault() {
        ScriptedClient client = ask();
        ScriptedWorker worker = upgrade();
        worker.end();
        worker.fail(AttemptFailure.CUT);
        assertThat(client.said).containsExactly("head 101", "end", "settled");
        ask();
        upgrade();
        rig.ended().clientGone();
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK, Reason.OK);
    }

    @Test
    void silenceOfBothEndsItAndAnyByteOfEitherPutsThatOff() {
        ScriptedClient client = ask();
        ScriptedWorker worker = upgrade();
        Duration most = ExchangeRig.WEBSOCKET.minusSeconds(1);
        rig.pass(most);
        rig.body("x");
        rig.pass(most);
        worker.body("y").pause();
        rig.pass(most);
        assertThat(client.isSettled()).isFalse();
        rig.pass(Duration.ofSeconds(2));
        assertThat(client.said).containsExactly("head 101", "body y", "end", "settled");
        assertThat(worker.isLeft()).isTrue();
        assertThat(settled().reason()).isEqualTo(Reason.UPGRADE_IDLE);
    }

    @Test
    void whoeverHasBeenToldTheEndIsWaitedForOnce() {
        ScriptedClient client = ask();
        upgrade().end();
        client.writable(false); // as a socket is whose output has ended
        rig.pass(ExchangeRig.WEBSOCKET.plusSeconds(1));
        assertThat(client.isSettled()).isTrue();
        client = ask();
        ScriptedWorker worker = upgrade();
        rig.ended();
        worker.writable(false);
        rig.pass(ExchangeRig.WEBSOCKET.plusSeconds(1));
        assertThat(client.isSettled()).isTrue();
    }

    @Test
    void theBoundOfTheWholeEndsWithTheHandshake() {
        rig.total = Duration.ofSeconds(5);
        ScriptedClient client = ask();
        upgrade();
        rig.pass(Duration.ofSeconds(20));
        assertThat(client.isSettled()).isFalse();
        rig.clientGone();
    }

    @Test
    void theBodyLimitIsNotForBytes() {
        rig.bodyLimit = 10;
        ScriptedClient client = ask();
        ScriptedWorker worker = upgrade();
        rig.body(100);
        assertThat(worker.body()).hasSize(100);
        rig.ended();
        worker.end();
        assertThat(client.isSettled()).isTrue();
    }

    @Test
    void aDrainEndsBothSides() {
        ScriptedClient client = ask();
        ScriptedWorker worker = upgrade();
        rig.drained();
        assertThat(client.said).containsExactly("head 101", "end", "settled");
        assertThat(worker.isLeft()).isTrue();
        assertThat(settled().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void aRefusalIsAResponseLikeAnyOther() {
        ScriptedClient client = ask();
        rig.connector.worker().head("HTTP/1.1 403 Forbidden", "Content-Length: 2").body("no").end();
        assertThat(client.said).containsExactly("head 403", "body no", "end", "settled");
    }

    @Test
    void untilTheSwitchAnotherWorkerMayBeTried() {
        ScriptedClient client = ask();
        rig.connector.worker().fail(AttemptFailure.BAD_RESPONSE);
        ScriptedWorker second = upgrade();
        assertThat(rig.connector.workers()).hasSize(2);
        rig.ended();
        second.end();
        assertThat(client.said).startsWith("head 101");
        assertThat(settled()).extracting("reason", "attempts").containsExactly(Reason.OK, 2);
    }

    @Test
    void aWorkerFoundSilentKeepsWhatIsUpgraded() {
        ScriptedClient client = ask();
        upgrade();
        rig.connector.worker().foundSilent();
        assertThat(client.isSettled()).isFalse();
        rig.clientGone();
    }
}
