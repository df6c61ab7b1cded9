package io.weir.frontend;

import static io.weir.frontend.Http2TestClient.END_HEADERS;
import static io.weir.frontend.Http2TestClient.END_STREAM;
import static io.weir.frontend.Http2TestClient.HEADERS;
import static io.weir.frontend.Http2TestClient.RST_STREAM;
import static io.weir.frontend.Http2TestClient.SETTINGS;
import static io.weir.frontend.Http2TestClient.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Reason;
import io.weir.exchange.RecordingListener.Settled;
import io.weir.exchange.ScriptedWorker;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that become WebSockets (RFC 8441): how they begin, bytes both ways, and how they end. */
class Http2WebSocketTest {
    private static final int NO_ERROR = 0;
    private static final int PROTOCOL_ERROR = 1;
    private static final int CANCEL = 8;
    private static final String[] PSEUDO = {":method=CONNECT", ":protocol=websocket", ":scheme=http", ":authority=orders.test", ":path=/chat?a=b"};
    private static final String[] SWITCH = {
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: x", "Sec-WebSocket-Protocol: chat"
    };
    private static final String SWITCHED = "1 head :status=200 sec-websocket-protocol=chat";

    private final FrontendRig rig = new FrontendRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private Http2TestClient asked(String... fields) {
        Http2TestClient client = Http2TestClient.open(rig.open());
        return ask(client, 1, fields);
    }

    private static Http2TestClient ask(Http2TestClient client, int stream, String... fields) {
        String[] all = Stream.of(Stream.of(PSEUDO), Stream.of("sec-websocket-version=13"), Stream.of(fields)).flatMap(s -> s).toArray(String[]::new);
        return client.request(stream, false, all);
    }

    private Http2TestClient upgraded() {
        Http2TestClient client = asked();
        rig.worker().head(SWITCH).pause();
        assertThat(client.frames()).containsExactly(SWITCHED);
        return client;
    }

    private static byte[] code(int code) {
        return new byte[] {0, 0, 0, (byte) code};
    }

    // ---- the handshake

    @Test
    void clientsAreToldThatTheyMayAsk() {
        SocketLikeChannel channel = rig.open();
        Http2TestClient client = Http2TestClient.hello(channel);
        assertThat(client.settings()).containsEntry(8, 1L);
    }

    @Test
    void theWorkerIsAskedAsOnHttp1WithAKeyOfOurs() {
        Http2TestClient client = asked("sec-websocket-key=AAAAAAAAAAAAAAAAAAAAAA==", "sec-websocket-protocol=chat", "sec-websocket-extensions=permessage-deflate", "origin=http://o");
        String head = rig.worker().head();
        assertThat(head)
                .startsWith("GET /chat?a=b HTTP/1.1\r\nhost: orders.test\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: chat\r\n"
                        + "sec-websocket-extensions: permessage-deflate\r\norigin: http://o\r\nsec-websocket-key: ")
                .doesNotContain("AAAAAAAA")
                .containsPattern("sec-websocket-key: [A-Za-z0-9+/]{22}==\r\n");
        assertThat(rig.worker().hasWholeRequest()).isTrue();
        ask(client, 3);
        assertThat(key(rig.worker().head())).isNotEqualTo(key(head));
        client.channel.hangUp();
    }

    private static String key(String head) {
        return head.substring(head.indexOf("sec-websocket-key: "), head.indexOf("==\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method=GET|:protocol=websocket|:scheme=http|:authority=orders.test|:path=/|sec-websocket-version=13",
                ":method=CONNECT|:protocol=websocket|:authority=orders.test|:path=/|sec-websocket-version=13",
                ":method=CONNECT|:protocol=websocket|:scheme=http|:authority=orders.test|sec-websocket-version=13",
                ":method=CONNECT|:protocol=websocket|:scheme=http|:authority=orders.test|:path=|sec-websocket-version=13",
                ":method=CONNECT|:protocol=websocket|:scheme=http|:authority=orders.test|:path=*|sec-websocket-version=13",
                ":method=CONNECT|:protocol=websocket|:protocol=websocket|:scheme=http|:authority=orders.test|:path=/|sec-websocket-version=13",
                ":method=CONNECT|:protocol=websocket\r\nx: y|:scheme=http|:authority=orders.test|:path=/|sec-websocket-version=13",
                ":method=CONNECT|:protocol=websocket|:scheme=http|:authority=orders.test|:path=/|sec-websocket-version=13|content-length=0",
                ":method=CONNECT|:protocol=websocket|:scheme=http|:authority=orders.test|:path=/|sec-websocket-version=13|upgrade=websocket",
                ":method=CONNECT|:protocol=websocket|:scheme=http|:authority=orders.test|:path=/|sec-websocket-version=13|connection=Upgrade",
                ":method=CONNECT|:scheme=http|:authority=orders.test|:path=/|:protocol=websocket|host=other.test|sec-websocket-version=13",
            })
    void aMalformedOneIsReset(String fields) {
        Http2TestClient client = Http2TestClient.open(rig.open());
        client.request(1, false, fields.split("\\|", -1));
        assertThat(client.frames()).containsExactly("1 reset " + PROTOCOL_ERROR);
        assertThat(rig.connector.workers()).isEmpty();
    }

    @Test
    void whoWasNotToldThatItMayAskIsReset() {
        Http2TestClient client = Http2TestClient.withoutAcknowledgement(rig.open());
        ask(client, 1);
        assertThat(client.frames()).contains("1 reset " + PROTOCOL_ERROR);
        client.send(SETTINGS, 1, 0, new byte[0]);
        ask(client, 3);
        rig.worker().head(SWITCH).pause();
        assertThat(client.frames()).last().isEqualTo(SWITCHED.replaceFirst("1", "3"));
        client.channel.hangUp();
    }

    @Test
    void anotherProtocolIsNotImplemented() {
        Http2TestClient client = Http2TestClient.open(rig.open());
        client.request(1, false, ":method=CONNECT", ":protocol=connect-udp", ":scheme=http", ":authority=orders.test", ":path=/a b");
        assertThat(client.frames()).satisfiesExactly(
                head -> assertThat(head).startsWith("1 head :status=501 "),
                body -> assertThat(body).contains("reason: unknown_protocol").endsWith(" end"),
                stop -> assertThat(stop).isEqualTo("1 reset " + NO_ERROR));
        assertThat(rig.listener.reasons()).containsExactly(Reason.UNKNOWN_PROTOCOL);
    }

    @Test
    void aPlainConnectIsRefusedAsEver() {
        Http2TestClient client = Http2TestClient.open(rig.open());
        client.request(1, false, ":method=CONNECT", ":authority=orders.test:443");
        client.data(1, true, "");
        assertThat(client.frames().getFirst()).startsWith("1 head :status=405 ");
    }

    @Test
    void theVersionMustBeThere() {
        Http2TestClient client = Http2TestClient.open(rig.open());
        client.request(1, false, PSEUDO);
        assertThat(client.frames().getFirst()).startsWith("1 head :status=400 ");
        ask(client, 3, "sec-websocket-version=13");
        assertThat(client.frames().getFirst()).startsWith("3 head :status=400 ");
        List<String> older = new ArrayList<>(List.of(PSEUDO));
        older.add("sec-websocket-version=8");
        client.request(5, false, older.toArray(String[]::new));
        assertThat(client.frames().getFirst()).startsWith("5 head :status=400 ").contains("sec-websocket-version=13").doesNotContain("upgrade");
        assertThat(rig.connector.workers()).isEmpty();
    }

    // ---- answers that open nothing

    @Test
    void aRefusalIsAResponseLikeAnyOther() {
        Http2TestClient client = asked();
        client.data(1, false, "early");
        rig.worker().head("HTTP/1.1 403 Forbidden", "Content-Length: 2").body("no").end();
        assertThat(client.frames()).containsExactly("1 head :status=403 content-length=2", "1 data no end", "1 reset " + NO_ERROR);
        assertThat(rig.worker().body()).isEmpty();
        client.data(1, false, "more");
        assertThat(client.frames()).isEmpty();
        client.request(3, true);
        assertThat(rig.connector.workers()).hasSize(2);
        client.channel.hangUp();
    }

    @Test
    void aRefusalOfWhatHasEndedIsNotReset() {
        Http2TestClient client = asked();
        client.data(1, true, "");
        rig.worker().head("HTTP/1.1 403 Forbidden", "Content-Length: 2").body("no").end();
        assertThat(client.frames()).containsExactly("1 head :status=403 content-length=2", "1 data no end");
    }

    @Test
    void aSuccessThatOpensNoTunnelIsNotPassedForOne() {
        Http2TestClient client = asked();
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 2");
        assertThat(rig.worker().isLeft()).isTrue();
        List<String> frames = client.frames();
        assertThat(frames.getFirst()).startsWith("1 head :status=502 ");
        assertThat(frames.get(1)).contains("reason: not_upgraded").endsWith(" end");
        assertThat(frames.getLast()).isEqualTo("1 reset " + NO_ERROR);
        assertThat(rig.target.inFlight()).isZero();
    }

    @Test
    void aWorkerThatFailsIsAnswered() {
        Http2TestClient client = asked();
        rig.worker().fail(AttemptFailure.BAD_RESPONSE);
        assertThat(client.frames().getFirst()).startsWith("1 head :status=502 ");
    }

    // ---- bytes

    @Test
    void bytesPassBothWaysAndEachDirectionEndsByItself() {
        Http2TestClient client = upgraded();
        ScriptedWorker worker = rig.worker();
        client.data(1, false, "\1\2").data(1, false, "\3");
        assertThat(worker.body()).isEqualTo("\1\2\3");
        assertThat(worker.isUnflushed()).isFalse();
        worker.body("\4").pause();
        assertThat(client.frames()).contains("1 data \4");
        client.data(1, true, "!");
        assertThat(worker.body()).isEqualTo("\1\2\3!");
        assertThat(worker.hasWholeRequest()).isTrue();
        worker.body("still").pause();
        assertThat(client.frames()).contains("1 data still");
        worker.body("bye").end();
        assertThat(client.frames()).containsExactly("1 data bye end");
        assertThat(rig.listener.all()).containsExactly(new Settled(Reason.OK, 200, "orders", "a", 1, 4, 9));
    }

    @Test
    void aWorkerThatEndsFirstLeavesTheClientItsSay() {
        Http2TestClient client = upgraded();
        ScriptedWorker worker = rig.worker();
        worker.body("bye").end();
        assertThat(client.frames()).containsExactly("1 data bye end");
        client.data(1, false, "you ");
        assertThat(rig.listener.all()).isEmpty();
        client.data(1, true, "too");
        assertThat(worker.body()).isEqualTo("you too");
        assertThat(worker.hasWholeRequest()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
        assertThat(client.frames()).noneMatch(frame -> frame.contains("reset"));
    }

    @Test
    void whatComesEarlyComesFirst() {
        Http2TestClient client = asked();
        client.data(1, false, "a").data(1, false, "").data(1, false, "b");
        assertThat(rig.worker().body()).isEmpty();
        rig.worker().head(SWITCH).pause();
        client.data(1, true, "c");
        assertThat(rig.worker().body()).isEqualTo("abc");
        assertThat(rig.worker().hasWholeRequest()).isTrue();
        rig.worker().end();
        assertThat(client.frames()).containsExactly(SWITCHED, "1 data  end");
    }

    @Test
    void anEndThatComesEarlyComesBehindIt() {
        Http2TestClient client = asked();
        client.data(1, true, "all");
        assertThat(rig.worker().body()).isEmpty();
        rig.worker().head(SWITCH);
        assertThat(rig.worker().body()).isEqualTo("all");
        assertThat(rig.worker().hasWholeRequest()).isTrue();
        rig.worker().body("x").end();
        assertThat(client.frames()).containsExactly(SWITCHED, "1 data x end");

        client.request(3, true, Stream.concat(Stream.of(PSEUDO), Stream.of("sec-websocket-version=13")).toArray(String[]::new));
        rig.worker().head(SWITCH).pause();
        assertThat(rig.worker().hasWholeRequest()).isTrue();
        rig.worker().end();
        assertThat(client.frames()).last().isEqualTo("3 data  end");
    }

    @Test
    void noMoreComesEarlyThanAWindow() {
        Http2TestClient client = asked();
        for (int i = 0; i < 4; i++) {
            client.data(1, false, "x".repeat(16_000));
        }
        assertThat(client.frames()).isEmpty();
        rig.worker().head(SWITCH).pause();
        assertThat(client.frames()).anyMatch(frame -> frame.startsWith("1 window "));
        assertThat(rig.worker().body()).hasSize(64_000);
        client.channel.hangUp();
    }

    @Test
    void aClientHasNoRoomUntilTheWorkerTakesWhatItSent() {
        Http2TestClient client = upgraded();
        client.data(1, false, "a");
        rig.worker().writable(false);
        for (int i = 0; i < 4; i++) {
            client.data(1, false, "x".repeat(15_000));
        }
        assertThat(client.frames()).isEmpty();
        rig.worker().writable(true);
        assertThat(client.frames()).anyMatch(frame -> frame.startsWith("1 window "));
        client.channel.hangUp();
    }

    @Test
    void theWorkerIsNotReadWhileTheClientHasNoRoom() {
        Http2TestClient client = upgraded();
        for (int i = 0; i < 20; i++) {
            rig.worker().body("x".repeat(10_000)).pause();
        }
        assertThat(rig.worker().isDemanded()).isFalse();
        client.send(WINDOW_UPDATE, 0, 1, new byte[] {0, 15, 0, 0}).send(WINDOW_UPDATE, 0, 0, new byte[] {0, 15, 0, 0});
        assertThat(rig.worker().isDemanded()).isTrue();
        client.data(1, true, "");
        rig.worker().end();
        assertThat(client.frames()).last().asString().endsWith(" end");
    }

    // ---- ends that are none

    @Test
    void aWorkerThatBreaksResetsTheStream() {
        Http2TestClient client = upgraded();
        rig.worker().body("x").pause().fail(AttemptFailure.CUT);
        assertThat(client.frames()).containsExactly("1 data x", "1 reset " + CANCEL);
        assertThat(rig.listener.reasons()).containsExactly(Reason.RESPONSE_CUT);
    }

    @Test
    void aResetEndsTheWorkersConnection() {
        Http2TestClient client = upgraded();
        client.send(RST_STREAM, 0, 1, code(CANCEL));
        assertThat(rig.worker().isAborted()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
        ask(client, 3).send(RST_STREAM, 0, 3, code(CANCEL));
        assertThat(rig.worker().isAborted()).isTrue();
        ask(client, 5).data(5, false, "early").send(RST_STREAM, 0, 5, code(CANCEL));
        assertThat(rig.worker().isAborted()).isTrue();
    }

    @Test
    void aConnectionThatIsGoneTakesItsTunnels() {
        Http2TestClient client = upgraded();
        ask(client, 3).data(3, false, "early");
        client.channel.hangUp();
        assertThat(rig.listener.reasons()).containsExactlyInAnyOrder(Reason.CLIENT_GONE, Reason.CLIENT_GONE);
    }

    @Test
    void whoDoesntListenAnyMoreIsNotWaitedFor() {
        Http2TestClient client = upgraded();
        rig.worker().end();
        rig.worker().fail(AttemptFailure.CUT);
        assertThat(client.frames()).containsExactly("1 data  end", "1 reset " + NO_ERROR);
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    @Test
    void fieldsInATunnelAreMalformed() {
        Http2TestClient client = upgraded();
        client.send(HEADERS, END_HEADERS | END_STREAM, 1, Http2TestClient.block("x-a=b"));
        assertThat(client.frames()).containsExactly("1 reset " + PROTOCOL_ERROR);
        assertThat(rig.worker().isAborted()).isTrue();
        ask(client, 3).send(HEADERS, END_HEADERS | END_STREAM, 3, Http2TestClient.block("x-a=b"));
        assertThat(client.frames()).containsExactly("3 reset " + PROTOCOL_ERROR);
        assertThat(rig.worker().isAborted()).isTrue();
    }

    // ---- time

    @Test
    void itsTimeIsTheExchangesAndNotThatOfRequests() {
        Http2TestClient client = upgraded();
        client.data(1, false, "a");
        rig.pass(FrontendRig.IDLE.plusMinutes(1));
        rig.worker().body("x").pause();
        assertThat(client.frames()).contains("1 data x");
        client.channel.hangUp();
    }

    @Test
    void whatIsSilentForTooLongIsEnded() {
        Http2TestClient client = upgraded();
        rig.pass(Duration.ofHours(1).plusSeconds(1));
        assertThat(client.frames()).startsWith("1 data  end", "1 reset " + NO_ERROR);
        assertThat(rig.listener.reasons()).containsExactly(Reason.UPGRADE_IDLE);
        assertThat(rig.worker().isLeft()).isTrue();
    }

    // ---- drain

    @Test
    void aDrainLetsItRunAndEndsItAtItsEnd() {
        Http2TestClient client = upgraded();
        rig.frontend.drain(Duration.ofSeconds(1).toNanos());
        assertThat(client.frames()).containsExactly("goaway " + Integer.MAX_VALUE + " 0");
        rig.pass(Duration.ofSeconds(5));
        rig.worker().body("still").pause();
        client.data(1, false, "here");
        assertThat(client.frames()).contains("1 data still");
        assertThat(rig.worker().body()).isEqualTo("here");
        rig.frontend.endDrain();
        assertThat(client.frames()).contains("1 data  end", "goaway 1 0");
        assertThat(client.channel.isOpen()).isFalse();
        assertThat(rig.listener.reasons()).containsExactly(Reason.DRAINING);
    }

    @Test
    void theOtherStreamsOfTheConnectionGoOn() {
        Http2TestClient client = upgraded();
        client.request(3, true);
        rig.worker().answer("x");
        assertThat(client.frames()).last().isEqualTo("3 data x end");
        rig.connector.workers().getFirst().body("y").pause();
        assertThat(client.frames()).containsExactly("1 data y");
        client.channel.hangUp();
    }
}
