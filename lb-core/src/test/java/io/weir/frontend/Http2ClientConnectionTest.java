package io.weir.frontend;

import static io.weir.frontend.Http2TestClient.CONTINUATION;
import static io.weir.frontend.Http2TestClient.DATA;
import static io.weir.frontend.Http2TestClient.END_HEADERS;
import static io.weir.frontend.Http2TestClient.END_STREAM;
import static io.weir.frontend.Http2TestClient.HEADERS;
import static io.weir.frontend.Http2TestClient.PING;
import static io.weir.frontend.Http2TestClient.PRIORITY;
import static io.weir.frontend.Http2TestClient.PUSH_PROMISE;
import static io.weir.frontend.Http2TestClient.RST_STREAM;
import static io.weir.frontend.Http2TestClient.SETTINGS;
import static io.weir.frontend.Http2TestClient.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Reason;
import io.weir.exchange.ScriptedWorker;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of clients: each a request of its own, what is malformed, what is too much, and how a connection ends. */
class Http2ClientConnectionTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int INTERNAL_ERROR = 2;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int STREAM_CLOSED = 5;
    private static final int REFUSED_STREAM = 7;
    private static final int COMPRESSION_ERROR = 9;
    private static final int ENHANCE_YOUR_CALM = 11;

    /** On an error Netty says of every stream that it may have been served, so that no client sends one again. */
    private static final String GOAWAY_ALL = "goaway " + Integer.MAX_VALUE + " ";

    private static final int STREAMS = Http2Rules.DEFAULTS.streams();

    private final FrontendRig rig = new FrontendRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private Http2TestClient open() {
        return Http2TestClient.open(rig.open());
    }

    // ---- requests and responses

    @Test
    void aStreamIsAnExchange() {
        Http2TestClient client = open();
        client.request(1, true, "x-a=b");
        assertThat(rig.worker().head()).startsWith("GET / HTTP/1.1\r\nhost: orders.test\r\nx-a: b\r\nVia: 2.0 weir\r\n");
        rig.worker().answer("hello");
        assertThat(client.frames()).containsExactly("1 head :status=200 content-length=5", "1 data hello end");
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    @Test
    void streamsAreAnsweredInAnyOrder() {
        Http2TestClient client = open();
        client.request(1, true).request(3, true);
        List<ScriptedWorker> workers = rig.connector.workers();
        workers.get(1).answer("b");
        workers.get(0).answer("a");
        assertThat(client.frames())
                .containsExactly("3 head :status=200 content-length=1", "3 data b end", "1 head :status=200 content-length=1", "1 data a end");
    }

    @Test
    void theFirstBytesMayComeOneByOne() {
        SocketLikeChannel channel = rig.open();
        for (char c : Http2TestClient.PREFACE.toCharArray()) {
            channel.receive(String.valueOf(c));
        }
        assertThat(channel.pipeline().get(ClientConnection.class)).isNull();
        channel.receive("\0\0\0\4\0\0\0\0\0");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whatOnlyBeginsLikeHttp2IsHttp1() {
        SocketLikeChannel channel = rig.open();
        channel.receive("P");
        channel.receive("R");
        channel.receive("OPFIND / HTTP/1.1\r\nHost: orders.test\r\n\r\n");
        rig.worker().answer("x");
        assertThat(channel.sent()).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void aBodyWithoutLengthGoesOnInChunks() {
        Http2TestClient client = open();
        client.request(1, false, ":method=POST", ":scheme=http", ":authority=orders.test", ":path=/a");
        client.data(1, false, "abc").data(1, true, "def");
        assertThat(rig.worker().body()).isEqualTo("abcdef");
        assertThat(rig.worker().hasWholeRequest()).isTrue();
        rig.worker().answer("");
        assertThat(client.frames()).last().asString().endsWith(" end");
    }

    @Test
    void trailersGoBothWays() {
        Http2TestClient client = open();
        client.request(1, false, "te=trailers").data(1, false, "abc");
        client.send(HEADERS, END_HEADERS | END_STREAM, 1, Http2TestClient.block("x-sum=1", "host=left.out"));
        assertThat(rig.worker().trailers()).isEqualTo("x-sum: 1\r\n");
        rig.worker().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked").body("x").end("X-Sum: 2\r\n");
        assertThat(client.frames()).containsExactly("1 head :status=200", "1 data x", "1 head x-sum=2 end");
    }

    @Test
    void aResponseToHeadHasNoBody() {
        Http2TestClient client = open();
        client.request(1, true, ":method=HEAD", ":scheme=http", ":authority=orders.test", ":path=/");
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 5").end();
        assertThat(client.frames()).containsExactly("1 head :status=200 content-length=5 end");
    }

    @Test
    void anAnswerOfOurOwnIsOneResponse() {
        Http2TestClient client = open();
        client.request(1, true, ":method=GET", ":scheme=http", ":authority=unknown.test", ":path=/");
        List<String> frames = client.frames();
        assertThat(frames.getFirst()).startsWith("1 head :status=404 ").contains("cache-control=no-store");
        assertThat(frames.getLast()).startsWith("1 data 404 Not Found").endsWith(" end");
    }

    @Test
    void anUploadThatIsAnsweredEarlyIsStopped() {
        Http2TestClient client = open();
        client.request(1, false).data(1, false, "abc");
        rig.worker().answer("no");
        assertThat(client.frames()).containsExactly("1 head :status=200 content-length=2", "1 data no end", "1 reset 0");
        client.data(1, false, "more");
        assertThat(client.channel.isOpen()).isTrue();
    }

    @Test
    void anUploadThatIsAnsweredWithoutABodyHasALittleTimeToEnd() {
        Http2TestClient client = open();
        client.request(1, false).data(1, false, "abc");
        rig.worker().head("HTTP/1.1 204 No Content").end();
        assertThat(client.frames()).containsExactly("1 head :status=204 end");
        client.data(1, true, "d");
        rig.pass(Duration.ofSeconds(1));
        assertThat(client.frames()).isEmpty();

        client.request(3, false).data(3, false, "abc");
        rig.worker().head("HTTP/1.1 204 No Content").end();
        assertThat(client.frames()).containsExactly("3 head :status=204 end");
        rig.pass(Duration.ofMillis(50));
        assertThat(client.frames()).isEmpty();
        rig.pass(Duration.ofSeconds(1));
        assertThat(client.frames()).containsExactly("3 reset 0");
    }

    @Test
    void aListenerThatRedirectsDoesSo() {
        Http2TestClient client = Http2TestClient.open(rig.openRedirecting());
        client.request(1, true);
        assertThat(client.frames().getFirst()).startsWith("1 head :status=308 ").contains("location=https://orders.test/");
    }

    // ---- what is malformed

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method=GET|:scheme=http|:authority=orders.test",
                ":method=GET|:scheme=http|:authority=orders.test|:path=",
                ":method=GET|:scheme=http|:authority=orders.test|:path=a",
                ":method=GET|:scheme=http|:authority=orders.test|:path=*",
                ":method=GET|:scheme=ftp|:authority=orders.test|:path=/",
                ":method=GET|:method=GET|:scheme=http|:authority=orders.test|:path=/",
                ":method=GE T|:scheme=http|:authority=orders.test|:path=/",
                ":method=|:scheme=http|:authority=orders.test|:path=/",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|:status=200",
                ":method=GET|:scheme=http|:authority=orders.test|x-a=b|:path=/",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|X-A=b",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|x a=b",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|=b",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|x:a=b",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|connection=close",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|transfer-encoding=chunked",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|upgrade=x",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|te=gzip",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|host=other.test",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|x-a=b\r\nx-c: d",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|x-a=b\0",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|x-a= b",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/ HTTP/1.1\r\nx-c: d",
                ":method=GET|:scheme=http|:authority=orders.test|:path=/|content-length=1",
                ":method=CONNECT|:scheme=http|:authority=orders.test|:path=/",
            })
    void aMalformedRequestIsReset(String fields) {
        Http2TestClient client = open();
        client.request(1, true, fields.split("\\|", -1));
        assertThat(client.frames()).containsExactly("1 reset " + PROTOCOL_ERROR);
        assertThat(rig.connector.workers()).isEmpty();
        client.request(3, true);
        rig.worker().answer("x");
        assertThat(client.frames()).last().isEqualTo("3 data x end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders.test@evil.test", "user@orders.test", "orders.test:99999", "orders.test/a", ""})
    void anAuthorityThatIsNoneIsAnswered(String authority) {
        Http2TestClient client = open();
        client.request(1, true, ":method=GET", ":scheme=http", ":authority=" + authority, ":path=/");
        assertThat(client.frames().getFirst()).startsWith("1 head :status=400 ");
    }

    @Test
    void aBodyMustBeAsLongAsItSays() {
        Http2TestClient client = open();
        client.request(1, false, "content-length=3").data(1, false, "ab").data(1, false, "cd");
        client.request(3, false, "content-length=3").data(3, true, "ab");
        client.request(5, false, "content-length=0").data(5, true, "a");
        assertThat(client.frames()).containsExactly("1 reset 1", "3 reset 1", "5 reset 1");
        assertThat(rig.connector.workers()).hasSize(2).allMatch(ScriptedWorker::isAborted);
    }

    @Test
    void anEmptyBodyMayBeSaidToBeEmpty() {
        Http2TestClient client = open();
        client.request(1, false, "content-length=0").data(1, true, "");
        rig.worker().answer("x");
        assertThat(client.frames()).last().isEqualTo("1 data x end");
    }

    @Test
    void headersBehindTheEndOfAStreamEndTheConnection() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.worker().answer("x");
        client.request(1, true);
        assertThat(client.frames()).last().isEqualTo(GOAWAY_ALL + STREAM_CLOSED);
    }

    @Test
    void aStreamThatWasSkippedEndsTheConnection() {
        Http2TestClient client = open();
        client.request(5, true).request(3, true);
        assertThat(client.frames()).last().isEqualTo(GOAWAY_ALL + PROTOCOL_ERROR);
    }

    // ---- what goes wrong

    @Test
    void aResponseThatIsCutIsNeverEnded() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 9").body("abc").pause();
        rig.worker().fail(AttemptFailure.RESET);
        assertThat(client.frames()).containsExactly("1 head :status=200 content-length=9", "1 data abc", "1 reset " + INTERNAL_ERROR);
    }

    @Test
    void aStreamThatItsClientResetsIsGone() {
        Http2TestClient client = open();
        client.request(1, true).request(3, true);
        client.send(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
        assertThat(rig.connector.workers().get(0).isOver()).isTrue();
        rig.connector.workers().get(1).answer("x");
        assertThat(client.frames()).last().isEqualTo("3 data x end");
    }

    @Test
    void allStreamsAreGoneWithTheirConnection() {
        Http2TestClient client = open();
        client.request(1, true).request(3, false);
        client.channel.hangUp();
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE, Reason.CLIENT_GONE);
    }

    // ---- flow control

    @Test
    void aClientHasNoRoomUntilItsWorkerTakesWhatItSent() {
        Http2TestClient client = open();
        client.request(1, false).data(1, false, "a");
        rig.worker().writable(false);
        for (int i = 0; i < 3; i++) {
            client.data(1, false, "x".repeat(15_000));
        }
        assertThat(client.frames()).isEmpty();
        rig.worker().writable(true);
        assertThat(client.frames()).anyMatch(frame -> frame.startsWith("1 window "));
        client.channel.hangUp();
    }

    @Test
    void aWorkerIsNotReadWhileTheClientHasNoRoom() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.worker().head("HTTP/1.1 200 OK");
        for (int i = 0; i < 20; i++) {
            rig.worker().body("x".repeat(10_000)).pause();
        }
        assertThat(rig.worker().isDemanded()).isFalse();
        client.send(WINDOW_UPDATE, 0, 1, new byte[] {0, 15, 0, 0}).send(WINDOW_UPDATE, 0, 0, new byte[] {0, 15, 0, 0});
        assertThat(rig.worker().isDemanded()).isTrue();
        rig.worker().end();
        assertThat(client.frames()).last().asString().endsWith(" end");
    }

    // ---- too much

    @Test
    void streamsOverTheLimitAreRefused() {
        Http2TestClient client = open();
        for (int i = 0; i <= STREAMS; i++) {
            client.request(2 * i + 1, true);
        }
        assertThat(client.frames()).containsExactly("201 reset " + REFUSED_STREAM);
        assertThat(rig.connector.workers()).hasSize(STREAMS);
        client.channel.hangUp();
    }

    @Test
    void howManyAreTheLimitIsTheListeners() {
        Http2TestClient client = Http2TestClient.open(rig.open(new Http2Rules(2, Http2Rules.FOR_EVER)));
        assertThat(client.settings()).containsEntry(3, 2L);
        client.request(1, true).request(3, true).request(5, true);
        assertThat(client.frames()).containsExactly("5 reset " + REFUSED_STREAM);
        rig.connector.workers().getFirst().answer("");
        client.request(7, true);
        assertThat(rig.connector.workers()).hasSize(3);
        client.channel.hangUp();
    }

    @Test
    void whereMoreMayBeOpenMoreMayBeReset() {
        Http2TestClient client = Http2TestClient.open(rig.open(new Http2Rules(200, Http2Rules.FOR_EVER)));
        int sent = 0;
        for (int stream = 1; client.channel.isOpen(); stream += 2) {
            client.request(stream, true).send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
            sent++;
        }
        assertThat(sent).isBetween(800, 801);
        assertThat(client.frames()).last().asString().endsWith(" " + ENHANCE_YOUR_CALM);
    }

    @Test
    void refusedStreamsAreCounted() {
        Http2TestClient client = open();
        int stream = 1;
        for (; client.channel.isOpen() && stream < 4 * Http2FrameGuard.ALLOWED; stream += 2) {
            client.request(stream, true);
        }
        assertThat(stream / 2).isLessThanOrEqualTo(STREAMS + Http2FrameGuard.ALLOWED + 2);
        assertThat(client.frames()).last().asString().endsWith(" " + ENHANCE_YOUR_CALM);
    }

    @Test
    void paddingAloneIsCounted() {
        Http2TestClient client = open();
        client.request(1, false);
        for (int i = 0; i <= Http2FrameGuard.ALLOWED && client.channel.isOpen(); i++) {
            client.send(DATA, Http2TestClient.PADDED, 1, new byte[] {3, 0, 0, 0});
        }
        assertThat(client.frames()).contains(GOAWAY_ALL + ENHANCE_YOUR_CALM);
    }

    @Test
    void whatIsUnderWayOfARefusedStreamIsReadOver() {
        Http2TestClient client = open();
        for (int i = 0; i < STREAMS; i++) {
            client.request(2 * i + 1, true);
        }
        client.request(201, false);
        client.data(201, false, "x".repeat(10_000)).send(WINDOW_UPDATE, 0, 201, new byte[] {0, 0, 4, 0}).data(201, true, "x");
        assertThat(client.frames()).contains("201 reset " + REFUSED_STREAM).noneMatch(frame -> frame.startsWith("goaway"));
        rig.connector.workers().getFirst().answer("x");
        client.request(203, true);
        assertThat(rig.connector.workers()).hasSize(STREAMS + 1);
        client.channel.hangUp();
    }

    @Test
    void whatIsUnderWayOfAnUploadThatWasAnsweredCostsNothing() {
        Http2TestClient client = open();
        for (int stream = 1; stream < 1000; stream += 2) {
            client.request(stream, false).data(stream, false, "abc");
            rig.connector.workers().getLast().answer("no");
            client.frames();
            for (int i = 0; i < 3; i++) {
                client.data(stream, false, "x".repeat(5000));
            }
        }
        assertThat(client.frames()).noneMatch(frame -> frame.contains("reset " + STREAM_CLOSED));
        assertThat(client.channel.isOpen()).isTrue();
    }

    @Test
    void crumbsForAStreamThatIsOverAreCounted() {
        Http2TestClient client = open();
        client.request(1, false).data(1, false, "abc");
        rig.worker().answer("no");
        client.frames();
        for (int i = 0; i <= Http2FrameGuard.ALLOWED + 20 && client.channel.isOpen(); i++) {
            client.data(1, false, "x");
        }
        assertThat(client.frames()).last().asString().endsWith(" " + ENHANCE_YOUR_CALM);
    }

    @Test
    void aHeadOverTheLimitIsAnswered() {
        Http2TestClient client = open();
        client.request(1, true, "x-a=" + "a".repeat(3000));
        List<String> frames = client.frames();
        assertThat(frames).hasSize(2);
        assertThat(frames.getFirst()).startsWith("1 head :status=431 ");
        assertThat(frames.getLast()).startsWith("1 data ").endsWith(" end");
        assertThat(rig.listener.reasons()).containsExactly(Reason.HEAD_TOO_LARGE);
        rig.pass(FrontendRig.HEAD.plusSeconds(1));
        client.request(3, true);
        rig.worker().answer("x");
        assertThat(client.frames()).last().isEqualTo("3 data x end");
    }

    @Test
    void aHeadOverTheLimitInPiecesIsAnsweredAndItsBodyStopped() {
        Http2TestClient client = open();
        byte[] block = Http2TestClient.block(":method=POST", ":scheme=http", ":authority=orders.test", ":path=/", "x-a=" + "a".repeat(3000));
        client.send(HEADERS, 0, 1, Arrays.copyOf(block, 100)).send(CONTINUATION, END_HEADERS, 1, Arrays.copyOfRange(block, 100, block.length));
        client.data(1, false, "abc");
        assertThat(client.frames()).satisfiesExactly(
                head -> assertThat(head).startsWith("1 head :status=431 "),
                body -> assertThat(body).startsWith("1 data ").endsWith(" end"),
                stop -> assertThat(stop).isEqualTo("1 reset 0"));
        rig.pass(FrontendRig.HEAD.plusSeconds(1));
        assertThat(client.channel.isOpen()).isTrue();
    }

    @Test
    void trailersOverTheLimitEndTheirExchange() {
        Http2TestClient client = open();
        client.request(1, false).data(1, false, "abc");
        client.send(HEADERS, END_HEADERS | END_STREAM, 1, Http2TestClient.block("x-a=" + "a".repeat(3000)));
        assertThat(client.frames().getFirst()).startsWith("1 head :status=431 ");
        assertThat(rig.listener.reasons()).containsExactly(Reason.HEAD_TOO_LARGE);
        assertThat(rig.worker().isOver()).isTrue();
        client.request(3, true);
        assertThat(client.channel.isOpen()).isTrue();
        client.channel.hangUp();
    }

    @ParameterizedTest
    @ValueSource(ints = {DATA, PRIORITY, SETTINGS, PING, WINDOW_UPDATE, 77})
    void framesThatBringNothingAreCounted(int type) {
        Http2TestClient client = open();
        client.request(1, false);
        byte[] payload =
                switch (type) {
                    case DATA, SETTINGS -> new byte[0];
                    case PRIORITY -> new byte[] {0, 0, 0, 0, 1};
                    case WINDOW_UPDATE -> new byte[] {0, 0, 0, 1};
                    default -> new byte[8];
                };
        int stream = type == SETTINGS || type == PING ? 0 : 1;
        for (int i = 0; i < Http2FrameGuard.ALLOWED && client.channel.isOpen(); i++) {
            client.send(type, 0, stream, payload);
        }
        assertThat(client.frames()).last().asString().endsWith(" " + ENHANCE_YOUR_CALM);
    }

    @Test
    void resetsCountForMore() {
        Http2TestClient client = open();
        int sent = 0;
        for (int stream = 1; client.channel.isOpen(); stream += 2) {
            client.request(stream, true).send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
            sent++;
        }
        assertThat(sent).isLessThanOrEqualTo(Http2FrameGuard.RESETS + 1);
        assertThat(client.frames()).last().asString().endsWith(" " + ENHANCE_YOUR_CALM);
    }

    @Test
    void responsesDontPayForResets() {
        Http2TestClient client = open();
        int sent = 0;
        for (int stream = 1; client.channel.isOpen() && sent <= 2 * Http2FrameGuard.RESETS; stream += 4) {
            client.request(stream, true);
            rig.connector.workers().getLast().answer("taken");
            client.request(stream + 2, true).send(RST_STREAM, 0, stream + 2, new byte[] {0, 0, 0, 8});
            sent++;
        }
        assertThat(sent).isLessThanOrEqualTo(Http2FrameGuard.RESETS + 1);
    }

    @Test
    void whoSaysOfEachKibibyteThatItHasRoomIsServed() {
        Http2TestClient client = open();
        client.request(1, true).send(WINDOW_UPDATE, 0, 0, new byte[] {0x40, 0, 0, 0});
        rig.worker().head("HTTP/1.1 200 OK");
        for (int i = 0; i < 100; i++) {
            rig.worker().body("x".repeat(60_000)).pause();
            for (int kib = 0; kib < 58; kib++) {
                client.send(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 4, 0});
            }
        }
        assertThat(client.channel.isOpen()).isTrue();
        client.channel.hangUp();
    }

    @Test
    void emptyContinuationsAreNotReadForEver() {
        Http2TestClient client = open();
        client.send(HEADERS, END_STREAM, 1, Http2TestClient.block(":method=GET"));
        for (int i = 0; i < 100 && client.channel.isOpen(); i++) {
            client.send(CONTINUATION, 0, 1, new byte[0]);
        }
        assertThat(client.frames()).last().asString().endsWith(" " + ENHANCE_YOUR_CALM);
    }

    @Test
    void fullContinuationsAreNotReadForEverEither() {
        Http2TestClient client = open();
        client.send(HEADERS, END_STREAM, 1, Http2TestClient.block(":method=GET"));
        int sent = 0;
        for (; sent < 100 && client.channel.isOpen(); sent++) {
            client.send(CONTINUATION, 0, 1, new byte[16_384]);
        }
        assertThat(sent).isLessThan(10);
        assertThat(client.frames()).last().asString().startsWith("goaway ");
    }

    @Test
    void aClientCannotPush() {
        Http2TestClient client = open();
        client.request(1, false);
        client.send(PUSH_PROMISE, END_HEADERS, 1, new byte[] {0, 0, 0, 2});
        assertThat(client.frames()).last().isEqualTo(GOAWAY_ALL + PROTOCOL_ERROR);
        assertThat(client.channel.isOpen()).isFalse();
    }

    @Test
    void aWindowThatGrowsTooFarEndsWhatItIsOf() {
        Http2TestClient client = open();
        client.request(1, false).send(WINDOW_UPDATE, 0, 1, new byte[] {0x7f, -1, -1, -1});
        assertThat(client.frames()).containsExactly("1 reset " + FLOW_CONTROL_ERROR);
        client.request(3, false).send(WINDOW_UPDATE, 0, 3, new byte[4]);
        assertThat(client.frames()).containsExactly("3 reset " + PROTOCOL_ERROR);
        client.send(WINDOW_UPDATE, 0, 0, new byte[] {0x7f, -1, -1, -1});
        assertThat(client.frames()).last().isEqualTo(GOAWAY_ALL + FLOW_CONTROL_ERROR);
    }

    // ---- the table of fields

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, -1})
    void whatTableTheClientHasIsTheSameToUs(int size) {
        Http2TestClient client = open();
        client.send(SETTINGS, 0, 0, new byte[] {0, 1, (byte) (size >> 24), (byte) (size >> 16), (byte) (size >> 8), (byte) size});
        for (int stream = 1; stream < 7; stream += 2) {
            client.request(stream, true);
            rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 1", "X-A: b").body("x").end();
            assertThat(client.frames()).containsExactly(stream + " head :status=200 content-length=1 x-a=b", stream + " data x end");
        }
    }

    @Test
    void aTableThatBecomesLargerAndSmallerIsCounted() {
        Http2TestClient client = open();
        for (int i = 0; i <= Http2FrameGuard.ALLOWED && client.channel.isOpen(); i++) {
            client.send(SETTINGS, 0, 0, new byte[] {0, 1, 0, (byte) (i & 1), 0, 0});
        }
        assertThat(client.frames()).last().asString().endsWith(" " + ENHANCE_YOUR_CALM);
    }

    @Test
    void aTableLargerThanOursEndsTheConnection() {
        Http2TestClient client = open();
        client.send(HEADERS, END_HEADERS | END_STREAM, 1, new byte[] {0x3f, -30, 31}); // 4097
        assertThat(client.frames()).last().isEqualTo(GOAWAY_ALL + COMPRESSION_ERROR);
    }

    @Test
    void aFieldThatIsNamedAgainAndAgainIsOverTheLimit() {
        Http2TestClient client = open();
        byte[] pseudo = Http2TestClient.block(":method=GET", ":scheme=http", ":authority=orders.test", ":path=/");
        byte[] field = Http2TestClient.block("x-a=" + "a".repeat(1000));
        field[0] = 0x40; // and remembered
        client.send(HEADERS, END_HEADERS | END_STREAM, 1, join(pseudo, field));
        rig.worker().answer("x");
        assertThat(client.frames()).last().isEqualTo("1 data x end");
        byte[] again = new byte[1000];
        Arrays.fill(again, (byte) (0x80 | 62));
        client.send(HEADERS, END_HEADERS | END_STREAM, 3, join(pseudo, again));
        assertThat(client.frames().getFirst()).startsWith("3 head :status=431 ");
        client.send(HEADERS, END_HEADERS | END_STREAM, 5, join(pseudo, new byte[] {(byte) (0x80 | 62)}));
        assertThat(rig.worker().head()).contains("x-a: aaa");
        rig.worker().answer("x");
        assertThat(client.frames()).last().isEqualTo("5 data x end");
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    // ---- age

    @Test
    void whoIsTooOldIsAskedToGoAndThenRefused() {
        Http2TestClient client = Http2TestClient.open(rig.open(new Http2Rules(100, Duration.ofMinutes(1).toNanos())));
        client.request(1, true);
        rig.pass(Duration.ofSeconds(54));
        assertThat(client.frames()).isEmpty();
        List<String> frames = client.frames();
        for (int tenth = 0; tenth <= 60 && frames.isEmpty(); tenth++) { // it may be that much earlier
            rig.pass(Duration.ofMillis(100));
            frames = client.frames();
        }
        assertThat(frames).containsExactly(GOAWAY_ALL + 0);
        client.request(3, true); // before it has heard
        assertThat(rig.connector.workers()).hasSize(2);
        rig.pass(Duration.ofSeconds(6));
        assertThat(client.frames()).isEmpty();
        client.request(5, false).data(5, true, "late");
        assertThat(client.frames()).containsExactly("5 reset " + REFUSED_STREAM);
        assertThat(rig.listener.all()).isEmpty();
        rig.connector.workers().get(0).answer("x");
        rig.connector.workers().get(1).answer("y");
        assertThat(client.frames()).contains("1 data x end", "3 data y end");
        assertThat(client.channel.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(6));
        assertThat(client.frames()).containsExactly("goaway 5 0");
        assertThat(client.channel.isOpen()).isFalse();
    }

    @Test
    void whoIsTooOldAndIdleIsClosed() {
        Http2TestClient client = Http2TestClient.open(rig.open(new Http2Rules(100, Duration.ofMinutes(1).toNanos())));
        rig.pass(Duration.ofSeconds(66));
        assertThat(client.frames()).containsExactly(GOAWAY_ALL + 0, "goaway 0 0");
        assertThat(client.channel.isOpen()).isFalse();
    }

    @Test
    void aDrainHasItsOwnTime() {
        Http2TestClient client = Http2TestClient.open(rig.open(new Http2Rules(100, Duration.ofMinutes(1).toNanos())));
        client.request(1, true);
        rig.frontend.drain(0);
        assertThat(client.frames()).containsExactly(GOAWAY_ALL + 0);
        rig.pass(Duration.ofMinutes(2));
        assertThat(client.frames()).isEmpty();
        rig.worker().answer("x");
        rig.pass(Duration.ofSeconds(1));
        assertThat(client.frames()).last().isEqualTo("goaway 1 0");
    }

    // ---- time

    @Test
    void aHeaderBlockMustEndInTime() {
        Http2TestClient client = open();
        client.send(HEADERS, END_STREAM, 1, Http2TestClient.block(":method=GET"));
        rig.pass(FrontendRig.HEAD.plusSeconds(1));
        assertThat(client.frames()).last().asString().startsWith("goaway ");
        assertThat(client.channel.isOpen()).isFalse();
    }

    @Test
    void aFrameAmidWhichEachReadEndsHasItsOwnTime() {
        Http2TestClient client = open();
        String ping = "\0\0\10\6\0\0\0\0\0" + "12345678";
        client.channel.receive(ping.substring(0, 10));
        for (int second = 0; second < 2 * FrontendRig.HEAD.toSeconds(); second++) {
            rig.pass(Duration.ofSeconds(1));
            client.channel.receive(ping.substring(10) + ping.substring(0, 10));
        }
        assertThat(client.channel.isOpen()).isTrue();
        rig.pass(FrontendRig.HEAD.plusSeconds(1));
        assertThat(client.channel.isOpen()).isFalse();
        client.frames();
    }

    @Test
    void aHeaderBlockHasItsTimeOnce() {
        Http2TestClient client = open();
        client.send(HEADERS, END_STREAM, 1, Http2TestClient.block(":method=GET"));
        for (int second = 0; second < 9; second++) {
            rig.pass(Duration.ofSeconds(1));
            client.send(CONTINUATION, 0, 1, Http2TestClient.block("x" + second + "=" + "y".repeat(50)));
        }
        assertThat(client.channel.isOpen()).isTrue();
        rig.pass(Duration.ofSeconds(2));
        assertThat(client.channel.isOpen()).isFalse();
        client.frames();
    }

    @Test
    void aBodyThatStopsIsGivenUp() {
        Http2TestClient client = open();
        client.request(1, false).data(1, false, "abc");
        rig.pass(FrontendRig.BODY.plusSeconds(1));
        assertThat(client.frames().getFirst()).startsWith("1 head :status=408 ");
        assertThat(client.channel.isOpen()).isTrue();
    }

    @Test
    void aConnectionWithoutStreamsIsClosed() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.pass(FrontendRig.IDLE.plusSeconds(1));
        assertThat(client.channel.isOpen()).isTrue();
        rig.worker().answer("x");
        rig.pass(FrontendRig.IDLE.plusSeconds(1));
        assertThat(client.frames()).last().isEqualTo("goaway 1 0");
        assertThat(client.channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatNeverTakesItsResponseLosesIt() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.worker().answer("x".repeat(100_000));
        rig.pass(FrontendRig.IDLE.multipliedBy(2).plusSeconds(1));
        assertThat(client.frames()).contains("1 reset 8");
    }

    @Test
    void nothingFollowsAReset() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.worker().head("HTTP/1.1 200 OK").body("x".repeat(100_000)).pause();
        rig.worker().fail(AttemptFailure.RESET);
        assertThat(client.frames()).last().isEqualTo("1 reset " + INTERNAL_ERROR);
        client.send(WINDOW_UPDATE, 0, 0, new byte[] {0, 15, 0, 0});
        assertThat(client.frames()).isEmpty();
    }

    @Test
    void aClientThatReadsNothingLosesItsConnection() {
        Http2TestClient client = open();
        client.send(WINDOW_UPDATE, 0, 0, new byte[] {0, 127, 0, 0});
        client.channel.stall();
        for (int stream = 1; stream < 20; stream += 2) {
            client.request(stream, true);
            rig.connector.workers().getLast().answer("x".repeat(50_000));
        }
        rig.pass(FrontendRig.IDLE.multipliedBy(4).plusSeconds(1));
        client.channel.advanceTimeBy(31, TimeUnit.SECONDS);
        client.channel.runScheduledPendingTasks();
        assertThat(client.channel.isOpen()).isFalse();
    }

    // ---- drain

    @Test
    void aDrainLetsStreamsEnd() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.frontend.drain(0);
        assertThat(client.frames()).containsExactly(GOAWAY_ALL + 0);
        client.request(3, false).data(3, false, "was under way"); // when the client heard of it
        rig.connector.workers().get(0).answer("x");
        rig.connector.workers().get(1).answer("y");
        assertThat(client.frames()).contains("1 data x end", "3 data y end");
        rig.pass(Duration.ofSeconds(1));
        assertThat(client.frames()).containsExactly("goaway 3 0");
        assertThat(client.channel.isOpen()).isFalse();
    }

    @Test
    void whoComesWhileDrainingIsAskedToGo() {
        rig.frontend.drain(0);
        assertThat(Http2TestClient.hello(rig.open()).frames()).contains(GOAWAY_ALL + 0);
        rig.pass(Duration.ofSeconds(1));
    }

    @Test
    void whatHasNoAnswerAtTheEndOfADrainIsRefused() {
        Http2TestClient client = open();
        client.request(1, true);
        rig.frontend.drain(0);
        rig.frontend.endDrain();
        assertThat(client.frames()).anyMatch(frame -> frame.startsWith("1 head :status=503 "));
        assertThat(rig.listener.reasons().getFirst()).isEqualTo(Reason.DRAINING);
        assertThat(client.channel.isOpen()).isFalse();
    }
}
