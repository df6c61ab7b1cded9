package io.weir.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Reason;
import io.weir.exchange.ScriptedWorker;
import io.weir.http.Step;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients send and get: requests in order, framing, and whether the connection stays. */
class ClientConnectionTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: orders.test\r\n\r\n";
    private static final int ONE_READ = 2048;

    private FrontendRig rig = new FrontendRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: orders.test\r\n\r\n";
    }

    private static String response(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    // ---- one after the other

    @Test
    void aRequestIsAnsweredAndTheConnectionStays() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().answer("hello");
        assertThat(client.sent()).isEqualTo(response("hello"));
        client.receive(GET);
        rig.worker().answer("again");
        assertThat(client.sent()).isEqualTo(response("again"));
        assertThat(client.isOpen()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK, Reason.OK);
    }

    @Test
    void aResponseThatIsThereAtOnceIsOneWrite() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().answer("hello");
        assertThat(client.outboundMessages()).hasSize(1);
        assertThat(client.sent()).isEqualTo(response("hello"));
    }

    @Test
    void aResponseWithoutDateGetsOne() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().answer("");
        assertThat(client.sentWithDates()).containsOnlyOnce("\r\nDate: ");
        client.receive(GET);
        rig.worker().head("HTTP/1.1 200 OK", "date: its own").end();
        assertThat(client.sentWithDates()).contains("\r\ndate: its own\r\n").doesNotContain("Date:");
    }

    @Test
    void aHeadMayComeByteByByte() {
        SocketLikeChannel client = rig.open();
        for (int i = 0; i < GET.length(); i++) {
            client.receive(GET.substring(i, i + 1));
        }
        rig.worker().answer("x");
        assertThat(client.sent()).isEqualTo(response("x"));
    }

    @Test
    void pipelinedRequestsAreServedInOrderAndOneAtATime() {
        SocketLikeChannel client = rig.open();
        client.receive(get("/1") + get("/2") + get("/3"));
        for (int i = 1; i <= 3; i++) {
            assertThat(rig.connector.workers()).hasSize(i);
            assertThat(rig.worker().head()).startsWith("GET /" + i + " ");
            rig.worker().answer("answer " + i);
        }
        assertThat(client.sent()).isEqualTo(response("answer 1") + response("answer 2") + response("answer 3"));
    }

    @Test
    void pipelinedRequestsMayComeInAnyPieces() {
        SocketLikeChannel client = rig.open();
        client.receive(get("/1"));
        client.receive("GET /2 HT");
        client.receive("TP/1.1\r\nHost: orders.test\r\n");
        client.receive("\r\n" + get("/3"));
        for (int i = 1; i <= 3; i++) {
            assertThat(rig.worker().head()).startsWith("GET /" + i + " ");
            rig.worker().answer("");
        }
        assertThat(rig.connector.workers()).hasSize(3);
        client.sent();
    }

    @Test
    void pipelinedRequestsThatAreRefusedAreAnsweredInOrder() {
        SocketLikeChannel client = rig.open();
        String unknown = "GET / HTTP/1.1\r\nHost: other.test\r\n\r\n";
        client.receive(unknown + unknown + GET + unknown);
        rig.worker().answer("");
        assertThat(client.sent().split("HTTP/1.1 ", -1)).extracting(it -> it.isEmpty() ? "" : it.substring(0, 3))
                .containsExactly("", "404", "404", "200", "404");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void aBodyBelongsToItsRequestAndWhatFollowsToTheNext() {
        SocketLikeChannel client = rig.open();
        client.receive("POST /1 HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 5\r\n\r\nhello" + get("/2"));
        assertThat(rig.worker().body()).isEqualTo("hello");
        assertThat(rig.worker().hasWholeRequest()).isTrue();
        rig.worker().answer("");
        assertThat(rig.worker().head()).startsWith("GET /2");
        rig.worker().answer("");
        client.sent();
    }

    @Test
    void chunksOfARequestArriveWithoutTheirFraming() {
        SocketLikeChannel client = rig.open();
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        client.receive("2\r\nde\r\n0\r\nSum: 1\r\n\r\n");
        assertThat(rig.worker().body()).isEqualTo("abcde");
        assertThat(rig.worker().trailers()).isEqualTo("Sum: 1\r\n");
        rig.worker().answer("");
        assertThat(client.sent()).startsWith("HTTP/1.1 200");
    }

    // ---- reading ahead, and not reading

    @Test
    void eightKibAreReadAheadAndNoMore() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        client.receive("G".repeat(4096));
        assertThat(client.isReading()).isTrue();
        client.receive("G".repeat(4096));
        assertThat(client.isReading()).isFalse();
    }

    @Test
    void readingGoesOnOnceWhatWasReadAheadIsServed() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        String many = get("/x").repeat(300);
        client.receive(many);
        assertThat(client.isReading()).isFalse();
        int served = 0;
        while (!client.isReading() && served < 300) {
            rig.worker().answer("");
            served++;
        }
        assertThat(client.isReading()).isTrue();
        while (!rig.worker().isOver()) {
            rig.worker().answer("");
        }
        assertThat(rig.connector.workers()).hasSize(301);
        assertThat(client.isReading()).isTrue();
        client.sent();
    }

    @Test
    void aClientThatDoesNotTakeItsAnswersGetsNoFurtherOnes() {
        SocketLikeChannel client = rig.open();
        StringBuilder all = new StringBuilder();
        int count = 300;
        for (int i = 1; i <= count; i++) {
            all.append(get("/" + i));
        }
        String requests = all.toString();
        client.receive(get("/0"));
        client.writable(false);
        rig.worker().answer("");
        int given = receiveWhileReading(client, requests, 0);
        assertThat(rig.connector.workers()).hasSize(1);
        assertThat(rig.alloc.metric().usedHeapMemory()).as("bytes read ahead").isBetween(8192L, 8192L + ONE_READ);
        client.writable(true);
        StringBuilder expected = new StringBuilder(response(""));
        for (int i = 1; i <= count; i++) {
            given = receiveWhileReading(client, requests, given);
            assertThat(rig.connector.workers()).hasSize(i + 1);
            assertThat(rig.worker().head()).startsWith("GET /" + i + " ");
            client.writable(i % 3 != 0);
            rig.worker().answer("" + i);
            expected.append(response("" + i));
            if (i % 3 == 0) {
                assertThat(rig.connector.workers()).hasSize(i + 1);
                client.writable(true);
            }
        }
        assertThat(given).isEqualTo(requests.length());
        assertThat(client.sent()).isEqualTo(expected.toString());
    }

    /** Lets the rest of {@code text} arrive as far as it is read; how much has arrived then. */
    private static int receiveWhileReading(SocketLikeChannel client, String text, int from) {
        int at = from;
        while (client.isReading() && at < text.length()) {
            int to = Math.min(text.length(), at + ONE_READ);
            client.receive(text.substring(at, to));
            at = to;
        }
        return at;
    }

    @Test
    void whatWasReadAheadOfABodyReachesItsWorkerAtOnce() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 10\r\n\r\nhello");
        rig.worker().answer("");
        assertThat(rig.worker().head()).startsWith("POST / ");
        assertThat(rig.worker().body()).isEqualTo("hello");
        assertThat(rig.worker().isUnflushed()).isFalse();
        client.receive("world");
        rig.worker().answer("");
        client.sent();
    }

    @Test
    void aWorkerThatDoesNotKeepUpStopsTheReadingOfABody() {
        SocketLikeChannel client = rig.open();
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 10\r\n\r\n");
        rig.worker().quietlyWritable(false);
        client.receive("hello");
        assertThat(client.isReading()).isFalse();
        rig.worker().writable(true);
        assertThat(client.isReading()).isTrue();
        client.receive("world");
        rig.worker().answer("");
        client.sent();
    }

    @Test
    void aClientThatDoesNotKeepUpStopsTheWorker() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        ScriptedWorker worker = rig.worker().head("HTTP/1.1 200 OK");
        client.writable(false);
        assertThat(worker.isDemanded()).isFalse();
        client.writable(true);
        assertThat(worker.isDemanded()).isTrue();
        worker.end();
        client.sent();
    }

    @Test
    void aConnectionWhoseRequestWasRefusedByAGateThatWaitedIsReadOn() {
        List<Step.Gate.Later> asked = new ArrayList<>();
        rig = new FrontendRig(10, Step.Chain.of((Step.Gate) (_, later) -> {
            asked.add(later);
            return Step.Gate.Verdict.WAIT;
        }));
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        assertThat(client.isReading()).isFalse();
        asked.getFirst().decide(Step.Gate.Verdict.ANSWER);
        assertThat(client.sent()).startsWith("HTTP/1.1 403").doesNotContain("Connection: close");
        assertThat(client.isReading()).isTrue();
    }

    // ---- keep or close

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, keep-alive, true",
        "HTTP/1.1, close, false",
        "HTTP/1.1, 'x, Close', false",
        "HTTP/1.0, keep-alive, true",
        "HTTP/1.0, x, false",
        "HTTP/1.0, 'keep-alive, close', false"
    })
    void theClientSaysWhetherItsConnectionStays(String version, String option, boolean stays) {
        SocketLikeChannel client = rig.open();
        client.receive("GET / " + version + "\r\nHost: orders.test\r\nConnection: " + option + "\r\n\r\n");
        rig.worker().answer("x");
        String sent = client.sent();
        assertThat(sent).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nx");
        assertThat(sent.contains("Connection: close\r\n")).isEqualTo(!stays);
        assertThat(sent.contains("Connection: keep-alive\r\n")).isEqualTo(stays && version.equals("HTTP/1.0"));
        assertThat(client.isEnded()).isEqualTo(!stays);
    }

    @Test
    void nothingBehindALastRequestIsServed() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.1\r\nHost: orders.test\r\nConnection: close\r\n\r\n" + GET);
        rig.worker().answer("");
        assertThat(rig.connector.workers()).hasSize(1);
        assertThat(client.sent()).contains("Connection: close");
        assertThat(client.isOutputShutdown()).isTrue();
    }

    @Test
    void whatTheWorkerSaysAboutItsConnectionIsNotTheClients() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker()
                .head("HTTP/1.1 200 OK", "Connection: close, X-Private", "X-Private: 1", "Keep-Alive: timeout=5", "Content-Length: 0")
                .end();
        assertThat(client.sent()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.isOpen()).isTrue();
    }

    // ---- framing of responses

    @Test
    void aResponseWithoutLengthIsSentInChunksWithItsTrailers() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().head("HTTP/1.1 200 OK").body("hello").body("x".repeat(300)).end("Sum: 1\r\n");
        assertThat(client.sent())
                .isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n12c\r\n" + "x".repeat(300)
                        + "\r\n0\r\nSum: 1\r\n\r\n");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void largePiecesKeepTheirOrderAmongSmallOnes() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        String large = "y".repeat(10_000);
        rig.worker().head("HTTP/1.1 200 OK").body("a").body(large).body("b").pause().body(large).end();
        assertThat(client.sent())
                .endsWith("\r\n\r\n1\r\na\r\n2710\r\n" + large + "\r\n1\r\nb\r\n2710\r\n" + large + "\r\n0\r\n\r\n");
    }

    @Test
    void toHttp10ChunksGoPlainAndTheirEndIsTheConnections() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.0\r\nHost: orders.test\r\nConnection: keep-alive\r\n\r\n");
        rig.worker().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked").body("hello").end("Sum: 1\r\n");
        assertThat(client.sent()).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
        assertThat(client.isEnded()).isTrue();
        assertThat(client.isReset()).isFalse();
    }

    @Test
    void headHasNoBodyAndKeepsTheLength() {
        SocketLikeChannel client = rig.open();
        client.receive("HEAD / HTTP/1.1\r\nHost: orders.test\r\n\r\n");
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 1000").end();
        assertThat(client.sent()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void anAnswerToHeadOfOurOwnHasNoBodyEither() {
        SocketLikeChannel client = rig.open();
        client.receive("HEAD / HTTP/1.1\r\nHost: other.test\r\n\r\n");
        assertThat(client.sent()).startsWith("HTTP/1.1 404").contains("Content-Length: ").endsWith("\r\n\r\n");
        assertThat(client.isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"204 No Content", "304 Not Modified"})
    void responsesThatNeverHaveABodyHaveNone(String status) {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().head("HTTP/1.1 " + status).end();
        assertThat(client.sent()).isEqualTo("HTTP/1.1 " + status + "\r\n\r\n");
    }

    @Test
    void interimResponsesAreSentAtOnce() {
        SocketLikeChannel client = rig.open();
        client.receive("POST / HTTP/1.1\r\nHost: orders.test\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
        rig.worker().head("HTTP/1.1 100 Continue");
        assertThat(client.sent()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        client.receive("x");
        rig.worker().answer("ok");
        assertThat(client.sent()).isEqualTo(response("ok"));
    }

    // ---- cut

    @Test
    void aResponseInChunksThatIsCutHasNoLastChunk() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().head("HTTP/1.1 200 OK").body("hello").fail(AttemptFailure.CUT);
        assertThat(client.sent()).endsWith("5\r\nhello\r\n");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aResponseOfKnownLengthThatIsCutIsTooShort() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 10").body("hello").fail(AttemptFailure.CUT);
        assertThat(client.sent()).endsWith("\r\n\r\nhello");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aResponseThatEndsByClosingIsCutByAReset() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.0\r\nHost: orders.test\r\n\r\n");
        rig.worker().head("HTTP/1.1 200 OK").body("hello").pause().fail(AttemptFailure.CUT);
        client.sent();
        assertThat(client.isReset()).isTrue();
    }

    // ---- the client goes away

    @Test
    void theTimeUntilAClientWentIsTheTimeThatPassed() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.passUnnoticed(Duration.ofMillis(70));
        var _ = client.close();
        rig.settle();
        assertThat(rig.listener.totals()).containsExactly(Duration.ofMillis(70).toNanos());
    }

    @Test
    void aClientThatGoesAbortsItsExchange() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        var _ = client.close();
        rig.settle();
        assertThat(rig.worker().isAborted()).isTrue();
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
    }

    @Test
    void aClientThatGoesWithRequestsReadAheadLeavesNothing() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        client.receive(GET);
        client.receive(GET + "GET /half");
        var _ = client.close();
        rig.settle();
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @Test
    void aClientThatGoesInTheMiddleOfAHeadIsNoExchange() {
        SocketLikeChannel client = rig.open();
        client.receive("GET / HTTP/1.1\r\nHost: ord");
        var _ = client.close();
        rig.settle();
        assertThat(rig.listener.all()).isEmpty();
    }

    @Test
    void aBrokenConnectionIsClosed() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        client.pipeline().fireExceptionCaught(new java.io.IOException("Connection reset by peer"));
        rig.settle();
        assertThat(client.isOpen()).isFalse();
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
    }
}
