package io.weir.health.check;

import static io.weir.health.check.CheckRig.http;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.config.CheckSettings.StatusRange;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCheckTest {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    private final CheckRig rig = new CheckRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private CheckResult askOne(String answer, CheckSettings.Http settings) throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(answer)) {
            return rig.ask(server.port(), settings);
        }
    }

    /** The connection is closed after the answer. */
    private CheckResult askOnce(String answer, CheckSettings.Http settings) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.request();
            connection.write(answer);
        })) {
            return rig.ask(server.port(), settings);
        }
    }

    private static void assertFailed(CheckResult result, Failure failure, String detail) {
        assertThat(result.detail()).isEqualTo(detail);
        assertThat(result.failure()).isEqualTo(failure);
    }

    @Test
    void asksWithHostAndUserAgent() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            CheckResult result = rig.ask(server.port(), http());
            assertThat(result).isEqualTo(CheckResult.passed("status 200"));
            assertThat(server.request()).isEqualTo("GET /health HTTP/1.1\r\nhost: 127.0.0.1:" + server.port()
                    + "\r\nuser-agent: weir-check\r\naccept: */*\r\n\r\n");
        }
    }

    @Test
    void asksAnotherPortForAnotherHostIfToldSo() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            CheckSettings.Http kind = new CheckSettings.Http("/up?deep=1", "OPTIONS", "orders.internal", List.of(new StatusRange(200, 200)), null);
            CheckSettings settings = new CheckSettings(kind, server.port(), Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 3);
            assertThat(rig.ask(rig.check(new WorkerAddress("127.0.0.1", 1), settings)).passed()).isTrue();
            assertThat(server.request()).startsWith("OPTIONS /up?deep=1 HTTP/1.1\r\nhost: orders.internal\r\n");
        }
    }

    @Test
    void keepsItsConnection() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            Check check = rig.check(server.port(), http());
            for (int i = 0; i < 5; i++) {
                assertThat(rig.ask(check).passed()).isTrue();
            }
            assertThat(server.connections()).isEqualTo(1);
            rig.close(check);
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
        }
    }

    @ParameterizedTest
    @CsvSource({"503,'status 503, wanted 200-299'", "302,'status 302, wanted 200-299'", "404,'status 404, wanted 200-299'"})
    void aStatusThatIsNotWantedIsUnwell(int status, String detail) throws Exception {
        assertFailed(askOne("HTTP/1.1 " + status + " No\r\ncontent-length: 0\r\n\r\n", http()), Failure.UNWELL, detail);
    }

    @Test
    void statusesMayBeSeveralRanges() throws Exception {
        CheckSettings.Http settings = http(new StatusRange(200, 204), new StatusRange(401, 401));
        assertThat(askOne("HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n", settings).passed()).isTrue();
        assertFailed(
                askOne("HTTP/1.1 205 No\r\ncontent-length: 0\r\n\r\n", settings), Failure.UNWELL, "status 205, wanted 200-204, 401");
    }

    @Test
    void keepsItsConnectionWhenTheWorkerIsUnwell() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 503 No\r\ncontent-length: 4\r\n\r\ndown")) {
            Check check = rig.check(server.port(), http());
            rig.ask(check);
            assertThat(rig.ask(check).failure()).isEqualTo(Failure.UNWELL);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void looksForTheBodysText() throws Exception {
        assertThat(askOne("HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"status\": \"UP\"}\n", http("GET", "\"UP\"")).passed()).isTrue();
        assertFailed(
                askOne("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndown", http("GET", "ok")), Failure.UNWELL, "body lacks \"ok\"");
        assertFailed(askOne("HTTP/1.1 204 OK\r\n\r\n", http("GET", "ok")), Failure.UNWELL, "body lacks \"ok\"");
    }

    @Test
    void findsTextThatComesInPieces() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nall\r\n4;x=y\r\n wel\r\n1\r\nl\r\n0\r\n\r\n";
        assertThat(askOne(answer, http("GET", "all well")).passed()).isTrue();
    }

    @Test
    void aStatusThatIsNotWantedIsToldBeforeABodyThatLacksSomething() throws Exception {
        assertFailed(
                askOne("HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\ndown", http("GET", "ok")), Failure.UNWELL, "status 500, wanted 200-299");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    })
    void interimResponsesAreNotTheAnswer(String interim) throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(interim + OK)) {
            Check check = rig.check(server.port(), http("GET", "ok"));
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("status 200"));
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("status 200"));
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aFloodOfInterimResponsesIsNoProtocol() throws Exception {
        assertFailed(
                askOne("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(40) + OK, http()), Failure.MALFORMED, "more than 32 interim responses");
    }

    @Test
    void chunkedAnswersKeepTheConnection() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n";
        try (ScriptedServer server = ScriptedServer.answering(answer)) {
            Check check = rig.check(server.port(), http());
            rig.ask(check);
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n"})
    void answersWithoutABodyKeepTheConnection(String answer) throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(answer)) {
            Check check = rig.check(server.port(), http());
            rig.ask(check);
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("status 204"));
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void answersToHeadHaveNoBodyWhateverTheirLength() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")) {
            Check check = rig.check(server.port(), new CheckSettings.Http("/", "HEAD", null, CheckSettings.Http.DEFAULT_STATUSES, null));
            rig.ask(check);
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.request()).startsWith("HEAD / HTTP/1.1\r\n");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.0 200 OK\r\n\r\nall is ok",
        "HTTP/1.0 200 OK\r\ncontent-length: 9\r\n\r\nall is ok",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nall is ok",
        "HTTP/1.1 200 OK\r\n\r\nall is ok"
    })
    void aServerThatClosesIsAskedOnANewConnection(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.request();
            connection.write(answer);
        })) {
            Check check = rig.check(server.port(), http("GET", "ok"));
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("status 200"));
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("status 200"));
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void anOldServerThatWaitsForTheEndGetsIt() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.request();
            connection.write("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok");
            connection.awaitEnd();
        })) {
            assertThat(rig.ask(server.port(), http()).passed()).isTrue();
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
        }
    }

    @Test
    void aKeptConnectionThatIsClosedMeanwhileIsNoFailure() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                connection -> {
                    connection.request();
                    connection.write(OK);
                    connection.request(); // and closes without an answer
                },
                connection -> {
                    connection.request();
                    connection.write(OK);
                    connection.request();
                    connection.reset();
                },
                connection -> {
                    connection.request();
                    connection.write(OK);
                    connection.awaitEnd();
                })) {
            Check check = rig.check(server.port(), http());
            for (int i = 0; i < 3; i++) {
                assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("status 200"));
            }
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void whatComesAfterAKeptConnectionWasClosedCounts() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                connection -> {
                    connection.request();
                    connection.write(OK);
                    connection.request();
                },
                connection -> connection.request())) {
            Check check = rig.check(server.port(), http());
            assertThat(rig.ask(check).passed()).isTrue();
            assertFailed(rig.ask(check), Failure.RESET, "connection closed, no answer");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerThatIsCutOnAKeptConnectionIsAFailure() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.request();
            connection.write(OK);
            connection.request();
            connection.write("HTTP/1.1 2");
        })) {
            Check check = rig.check(server.port(), http());
            rig.ask(check);
            assertThat(rig.ask(check).failure()).isEqualTo(Failure.RESET);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void bytesThatNobodyAskedForEndTheConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.request();
            connection.write(OK + OK);
            connection.awaitEnd();
        })) {
            Check check = rig.check(server.port(), http());
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.end()).isNotNull();
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nok"
    })
    void anAnswerThatIsCutIsNoAnswer(String answer) throws Exception {
        assertFailed(askOnce(answer, http()), Failure.RESET, "connection closed, no whole answer after status 200");
    }

    @Test
    void anEndBeforeTheAnswerIsAFailure() throws Exception {
        assertFailed(askOnce("", http()), Failure.RESET, "connection closed, no answer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "SSH-2.0-OpenSSH_9.9\\r\\n|no HTTP: begins with \"SSH-2.0-OpenSSH_9.9\"",
        "no end of a line|no HTTP: begins with \"no end of a line\"",
        "\\r\\nHTTP/1.1 200 OK\\r\\n\\r\\n|no HTTP: begins with 0x0d0a485454502f312e3120323030204f4b0d0a0d0a"
    })
    void garbageIsNoHttp(String answer, String detail) throws Exception {
        assertFailed(askOne(answer.replace("\\r", "\r").replace("\\n", "\n"), http()), Failure.MALFORMED, detail);
    }

    @Test
    void aTlsAlertIsNoHttp() throws Exception {
        assertFailed(askOne("\u0015\u0003\u0001\u0000\u0002\u0002\n", http()), Failure.MALFORMED, "no HTTP: begins with 0x1503010002020a");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/x.1 200 OK\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HELP me\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n"
    })
    void badFramingIsNoHttp(String answer) throws Exception {
        CheckResult result = askOne(answer, http());
        assertThat(result.failure()).isEqualTo(Failure.MALFORMED);
        assertThat(result.detail()).startsWith("no HTTP: ");
    }

    @Test
    void aHeadMayHave8KiB() throws Exception {
        assertThat(askOne("HTTP/1.1 200 OK\r\nx: " + "y".repeat(7000) + "\r\ncontent-length: 0\r\n\r\n", http()).passed()).isTrue();
        assertFailed(askOne("HTTP/1.1 200 OK\r\nx: " + "y".repeat(9000) + "\r\n\r\n", http()), Failure.MALFORMED, "head larger than 8 KiB");
        assertFailed(askOne("HTTP/1.1 200 O" + "K".repeat(9000), http()), Failure.MALFORMED, "head larger than 8 KiB");
    }

    @Test
    void ofALargeBodyTheBeginningCountsAndTheConnectionIsClosed() throws Exception {
        String body = "ok" + "x".repeat(100_000);
        String answer = "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
        try (ScriptedServer server = ScriptedServer.answering(answer)) {
            Check check = rig.check(server.port(), http("GET", "ok"));
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.connections()).isEqualTo(2);
        }
        assertFailed(
                askOne("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(CheckSettings.Http.BODY) + "ok", http("GET", "ok")),
                Failure.UNWELL,
                "body lacks \"ok\"");
    }

    @Test
    void aWorkerThatSaysNothingIsWaitedForNoLongerThanTheTimeout() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::awaitEnd)) {
            Check check = rig.check(server.port(), http());
            assertFailed(rig.ask(check, CheckRig.SHORT), Failure.TIMEOUT, "no answer within 700 ms");
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
        }
    }

    @Test
    void aBodyThatDoesNotEndIsWaitedForNoLongerThanTheTimeout() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.request();
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok");
            connection.awaitEnd();
        })) {
            assertFailed(
                    rig.ask(rig.check(server.port(), http()), Duration.ofSeconds(1)),
                    Failure.TIMEOUT,
                    "no whole answer after status 200 within 1 s");
        }
    }

    @Test
    void aSwitchToAnotherProtocolIsAStatusLikeOthersAndEndsTheConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.request();
            connection.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
            connection.awaitEnd();
        })) {
            assertFailed(rig.ask(server.port(), http()), Failure.UNWELL, "status 101, wanted 200-299");
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
        }
    }
}
