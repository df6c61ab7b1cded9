package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcCheckTest {
    private static final CheckSettings.Kind SERVER = new CheckSettings.Grpc("");
    private static final GrpcServer.Answer SERVING = GrpcServer.answering(GrpcServer.SERVING, "grpc-status", "0");

    private final CheckRig rig = new CheckRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private CheckResult askOne(GrpcServer.Answer answer) throws Exception {
        try (GrpcServer server = new GrpcServer(answer)) {
            return rig.ask(server.port(), SERVER);
        }
    }

    private static void assertFailed(CheckResult result, Failure failure, String detail) {
        assertThat(result.detail()).isEqualTo(detail);
        assertThat(result.failure()).isEqualTo(failure);
    }

    @Test
    void callsTheHealthServiceAndKeepsTheConnection() throws Exception {
        try (GrpcServer server = new GrpcServer(SERVING)) {
            Check check = rig.check(server.port(), new CheckSettings.Grpc("shop.Orders"));
            for (int i = 0; i < 5; i++) {
                assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("SERVING"));
            }
            assertThat(server.connections()).isEqualTo(1);
            Http2Headers head = Objects.requireNonNull(server.head());
            assertThat(head.method()).hasToString("POST");
            assertThat(head.path()).hasToString("/grpc.health.v1.Health/Check");
            assertThat(head.authority()).hasToString("127.0.0.1:" + server.port());
            assertThat(head.get("content-type")).hasToString("application/grpc");
            assertThat(head.get("te")).hasToString("trailers");
            assertThat(head.get("user-agent")).hasToString("weir-check");
            assertThat(server.message()).isEqualTo("000000000d0a0b73686f702e4f7264657273");
        }
    }

    @Test
    void aServerThatDoesNotServeIsUnwell() throws Exception {
        try (GrpcServer server = new GrpcServer(GrpcServer.answering(GrpcServer.NOT_SERVING, "grpc-status", "0"), SERVING)) {
            Check check = rig.check(server.port(), SERVER);
            assertFailed(rig.ask(check), Failure.UNWELL, "NOT_SERVING");
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aServerWithoutTheServiceIsUnwell() throws Exception {
        assertFailed(
                askOne(call -> call.headAlone("200", "application/grpc", "grpc-status", "12", "grpc-message", "unknown service")),
                Failure.UNWELL,
                "grpc-status 12 UNIMPLEMENTED: unknown service");
    }

    @Test
    void aServiceThatIsNotKnownIsUnwell() throws Exception {
        assertFailed(
                askOne(call -> call.headAlone("200", "application/grpc", "grpc-status", "5")), Failure.UNWELL, "grpc-status 5 NOT_FOUND");
        assertFailed(
                askOne(call -> call.headAlone("200", "application/grpc", "grpc-status", "99")), Failure.UNWELL, "grpc-status 99");
    }

    @Test
    void anErrorAfterTheMessageCounts() throws Exception {
        assertFailed(
                askOne(GrpcServer.answering(GrpcServer.SERVING, "grpc-status", "14")), Failure.UNWELL, "grpc-status 14 UNAVAILABLE");
    }

    @Test
    void aStreamThatIsResetIsUnwell() throws Exception {
        try (GrpcServer server = new GrpcServer(call -> call.reset(Http2Error.INTERNAL_ERROR), SERVING)) {
            assertFailed(rig.ask(server.port(), SERVER), Failure.UNWELL, "stream reset: INTERNAL_ERROR");
        }
    }

    @Test
    void aConnectionThatIsGivenUpBeforeItAnswersIsLost() throws Exception {
        assertFailed(askOne(call -> call.goAway(0)), Failure.RESET, "connection closed, no answer");
    }

    @Test
    void aKeptConnectionThatIsGivenUpIsNoFailure() throws Exception {
        try (GrpcServer server = new GrpcServer(SERVING, call -> call.goAway(call.stream().id() - 2), SERVING)) {
            Check check = rig.check(server.port(), SERVER);
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("SERVING"));
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aKeptConnectionThatIsClosedIsNoFailure() throws Exception {
        try (GrpcServer server = new GrpcServer(SERVING, GrpcServer.Call::close, SERVING)) {
            Check check = rig.check(server.port(), SERVER);
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("SERVING"));
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void whatIsAnsweredAfterGoAwayCountsAndTheConnectionIsNotUsedAgain() throws Exception {
        try (GrpcServer server = new GrpcServer(
                call -> {
                    call.goAway(call.stream().id());
                    SERVING.to(call);
                },
                SERVING)) {
            Check check = rig.check(server.port(), SERVER);
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void pingsAndInterimResponsesAreNotTheAnswer() throws Exception {
        assertThat(askOne(call -> {
                            call.ping();
                            call.head("103", "text/plain");
                            SERVING.to(call);
                        })
                        .passed())
                .isTrue();
    }

    @Test
    void anOrdinaryHttp2ServerIsNoGrpc() throws Exception {
        assertFailed(
                askOne(call -> {
                    call.head("200", "text/html");
                    call.data("3c3c", true);
                }),
                Failure.MALFORMED,
                "no gRPC: content-type text/html");
        assertFailed(askOne(call -> call.headAlone("503", "text/plain")), Failure.UNWELL, "status 503, wanted 200");
    }

    @Test
    void anAnswerWithoutAStatusIsMalformed() throws Exception {
        assertFailed(
                askOne(call -> {
                    call.head("200", "application/grpc");
                    call.data(GrpcServer.SERVING, true);
                }),
                Failure.MALFORMED,
                "no gRPC: ended without grpc-status");
        assertFailed(askOne(GrpcServer.answering(GrpcServer.SERVING)), Failure.MALFORMED, "no gRPC: ended without grpc-status");
    }

    @Test
    void aMessageThatIsNoneIsMalformed() throws Exception {
        assertFailed(askOne(GrpcServer.answering("ffff", "grpc-status", "0")), Failure.MALFORMED, "no HealthCheckResponse");
    }

    @Test
    void aMessageMayHave8KiB() throws Exception {
        assertFailed(askOne(GrpcServer.answering("00".repeat(9000), "grpc-status", "0")), Failure.MALFORMED, "answer larger than 8 KiB");
    }

    @Test
    void manyMessagesDoNotUseTheWindowUp() throws Exception {
        String padded = "0000001f45" + "12c03e" + "00".repeat(8000) + "0801";
        try (GrpcServer server = new GrpcServer(GrpcServer.answering(padded, "grpc-status", "0"))) {
            Check check = rig.check(server.port(), SERVER);
            for (int i = 0; i < 30; i++) {
                assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("SERVING"));
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatSaysNothingIsWaitedForNoLongerThanTheTimeout() throws Exception {
        try (GrpcServer server = new GrpcServer(_ -> {}, SERVING)) {
            Check check = rig.check(server.port(), SERVER);
            assertFailed(rig.ask(check, CheckRig.SHORT), Failure.TIMEOUT, "no answer within 700 ms");
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void anHttp1ServerIsNoHttp2() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")) {
            CheckResult result = rig.ask(server.port(), SERVER);
            assertThat(result.failure()).isEqualTo(Failure.MALFORMED);
            assertThat(result.detail()).startsWith("no HTTP/2: ");
        }
    }

    @Test
    void aServerThatClosesAtOnceIsLost() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::request)) {
            assertThat(rig.ask(server.port(), SERVER).failure()).isEqualTo(Failure.RESET);
        }
    }
}
