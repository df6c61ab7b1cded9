package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.weir.balancing.StandInTarget;
import io.weir.balancing.Target;
import io.weir.config.ForwardingSettings;
import io.weir.http.HandOver;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.ResponseHead;
import io.weir.http.ResponseParser;
import io.weir.routing.AffinityCookie;
import io.weir.topology.Cidr;
import io.weir.upstream.AttemptFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that go to the load balancer of another region, and those that come from one. The gateway is 10.1.1.1. */
class ExchangeHandOverTest {
    private static final String HOP = "Weir-Hop: lb-1;to=ca-c1;app=orders";
    /** Longer than any retry waits here. */
    private static final Duration RETRY = Duration.ofMillis(200);

    /** How attempts failed. */
    private static final class Failures implements ExchangeListener {
        final List<AttemptFailure> all = new ArrayList<>();

        @Override
        public void settled(Exchange exchange) {}

        @Override
        public void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {
            if (failure != null) {
                all.add(failure);
            }
        }
    }

    private final ExchangeRig rig = new ExchangeRig();
    private final Failures failures = new Failures();
    private final Peers peers = new Peers(
            ForwardingSettings.DEFAULTS, new Gateways(List.of(Cidr.parse("10.1.1.1")), "lb-2", known -> List.of(bytes("since "), bytes("" + known))));

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private ScriptedClient handedOver(String... lines) {
        rig.takesOver = true;
        return rig.request(fromGateway(), lines);
    }

    private ScriptedClient fromGateway() {
        ScriptedClient client = new ScriptedClient();
        client.peer = peers.of(PeersTest.at("10.1.1.1", 51_000), PeersTest.at("127.0.0.1", 8080));
        return client;
    }

    private ScriptedWorker worker() {
        return rig.connector.worker();
    }

    private void firstIsAGateway() {
        ((StandInTarget) rig.targets.getFirst()).handsOver(HandOver.line("lb-2", "us-e1", "orders"));
    }

    // ---- the receiver

    @Test
    void whatAGatewayHandsOverGoesToTheOwnPoolWhateverItsHost() {
        for (int i = 0; i < 4; i++) {
            ScriptedClient client = handedOver("GET /x HTTP/1.1", "Host: elsewhere.example", HOP);
            assertThat(worker().target().name()).isIn("a", "b");
            assertThat(worker().head()).contains("GET /x ", "Host: elsewhere.example").doesNotContain("Weir-");
            worker().answer("");
            assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void itsWordIsKept() {
        handedOver("GET / HTTP/1.1", "Host: x", HOP, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-CH1-Path: /old", "X-Request-Id: its-own");
        assertThat(worker().head())
                .contains("X-Forwarded-For: 203.0.113.9, 10.1.1.1\r\n", "X-Forwarded-Proto: https\r\n", "X-CH1-Path: /old\r\n", "X-Request-Id: its-own\r\n");
        assertThat(rig.exchange().clientAddress()).hasToString("203.0.113.9");
        worker().answer("");
    }

    @Test
    void withoutTheFieldItIsAProxyLikeOthers() {
        handedOver("GET / HTTP/1.1", "Host: orders.test", "X-CH1-Path: /old", "X-Forwarded-Proto: https");
        assertThat(worker().head()).contains("X-Forwarded-Proto: https").doesNotContain("/old");
        worker().answer("");
    }

    @Test
    void nobodyElseHandsOver() {
        rig.takesOver = true;
        ScriptedClient client = rig.request("GET / HTTP/1.1", "Host: nowhere.test", HOP);
        assertThat(client.answer()).satisfies(answer -> assertThat(answer.status()).isEqualTo(404)).satisfies(answer -> assertThat(answer.reason()).isNull());
        rig.request("GET / HTTP/1.1", "Host: orders.test", HOP);
        assertThat(worker().head()).doesNotContain("Weir-");
        worker().answer("");
    }

    @ParameterizedTest
    @CsvSource({
        "lb-2;to=ca-c1;app=orders, 508, loop",
        "lb-1;to=us-e1;app=orders, 421, wrong_region",
        "lb-1;to=ca-c1;app=stock, 503, no_workers",
        "lb-1;to=ca-c1, 400, bad_request"
    })
    void whatIsRefusedIsAnsweredWithTheReason(String hop, int status, String reason) {
        ScriptedClient client = handedOver("GET / HTTP/1.1", "Host: orders.test", "Weir-Hop: " + hop);
        assertThat(client.answer().status()).isEqualTo(status);
        assertThat(client.answer().reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"RESET, 502, reset", "BAD_RESPONSE, 502, bad_response", "RESPONSE_TIMEOUT, 504, response_timeout"})
    void onceWrittenItIsNotTriedAgainAndSaysHowItFailed(AttemptFailure failure, int status, String reason) {
        ScriptedClient client = handedOver("GET / HTTP/1.1", "Host: orders.test", HOP);
        worker().fail(failure);
        assertThat(client.answer().status()).isEqualTo(status);
        assertThat(client.answer().reason()).isEqualTo(reason);
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @Test
    void onceWrittenNobodyIsToldThatItWasNotTaken() {
        ScriptedClient client = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP);
        rig.drained();
        assertThat(client.answer().status()).isEqualTo(503);
        assertThat(client.answer().reason()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT_REFUSED, 502, connect_failed",
        "CONNECT_IMPOSSIBLE, 502, connect_failed",
        "CONNECT_TIMEOUT, 504, connect_timeout",
        "QUEUE_FULL, 503, overloaded",
        "QUEUE_TIMEOUT, 503, overloaded"
    })
    void whatNoWorkerCouldBeGivenSaysSo(AttemptFailure failure, int status, String reason) {
        rig.takesOver = true;
        rig.connector.failing(failure).failing(failure);
        ScriptedClient client = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP);
        rig.pass(RETRY);
        assertThat(client.answer().status()).isEqualTo(status);
        assertThat(client.answer().reason()).isEqualTo(reason);
        assertThat(rig.connector.asked()).hasSize(2);
    }

    /** A stale connection that is replaced counts for nothing; only methods that may go twice are replaced so. */
    @Test
    void aStaleConnectionBeforeWorkersThatRefuseCountsForNothing() {
        rig.takesOver = true;
        rig.connector.atOnce().failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED);
        ScriptedClient client = handedOver("GET / HTTP/1.1", "Host: orders.test", HOP);
        worker().fail(AttemptFailure.STALE);
        rig.pass(RETRY);
        assertThat(client.answer().reason()).isEqualTo("connect_failed");
    }

    @Test
    void aPostOnAStaleConnectionMayHaveBeenSeen() {
        ScriptedClient client = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP);
        worker().fail(AttemptFailure.STALE);
        assertThat(client.answer().reason()).isEqualTo("reset");
    }

    @Test
    void whenTheTotalTimeIsOverItSaysSoOnlyOfWhatWasNotWritten() {
        rig.total = Duration.ofSeconds(1);
        rig.connector.later();
        ScriptedClient waiting = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP);
        rig.pass(Duration.ofSeconds(2));
        assertThat(waiting.answer().reason()).isEqualTo("total_timeout");

        ScriptedClient written = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP);
        rig.pass(Duration.ofSeconds(2));
        assertThat(written.answer().status()).isEqualTo(504);
        assertThat(written.answer().reason()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void whatWaitsForAConnectionToASilentWorkerIsPickedAnew(String method) {
        rig.takesOver = true;
        rig.connector.later().later();
        ScriptedClient client = handedOver(method + " / HTTP/1.1", "Host: orders.test", HOP);
        rig.connector.waiting().foundSilent();
        assertThat(rig.connector.cancelled()).isOne();
        assertThat(rig.connector.asked()).doesNotHaveDuplicates().hasSize(2);
        rig.connector.waiting().foundSilent();
        assertThat(rig.connector.cancelled()).as("nobody else is left here").isOne();
        rig.connector.waiting().fail(AttemptFailure.CONNECT_TIMEOUT);
        rig.pass(RETRY);
        assertThat(client.answer().reason()).isEqualTo("connect_timeout");
    }

    @Test
    void whatWaitsForTheAnswerOfASilentWorkerWaitsOn() {
        handedOver("GET / HTTP/1.1", "Host: orders.test", HOP);
        worker().foundSilent();
        assertThat(worker().isAborted()).isFalse();
        worker().answer("");
    }

    @Test
    void itsOwnFaultIsSaidAsSuch() {
        rig.bodyLimit = 4;
        ScriptedClient client = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP, "Content-Length: 5");
        assertThat(client.answer().reason()).isEqualTo("body_too_large");
    }

    @Test
    void aGatewayThatFindsNoRoomIsToldBeforeItHasSaidAnything() {
        rig.takesOver = true;
        ScriptedClient gateway = fromGateway();
        rig.refused(gateway, Reason.OVERLOADED);
        assertThat(gateway.answer().reason()).isEqualTo("overloaded");
        assertThat(rig.refused(Reason.OVERLOADED, null).answer().reason()).isNull();
    }

    @Test
    void aWorkersOwnReasonGoesNoFurther() {
        ScriptedClient client = handedOver("GET / HTTP/1.1", "Host: orders.test", HOP);
        worker().head("HTTP/1.1 502 Bad Gateway", "Weir-Reason: reset", "Content-Length: 0").end();
        assertThat(client.head()).contains("502").doesNotContain("Reason");
    }

    @Test
    void neverWrittenItGoesToAnotherWorker() {
        rig.takesOver = true;
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED);
        ScriptedClient client = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP);
        worker().answer("");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
    }

    // ---- how the pools are

    @Test
    void aGatewayAsksForThePools() {
        assertThat(told("GET /.weir/apps?since=7 HTTP/1.1")).isEqualTo("since 7");
        assertThat(told("GET /.weir/apps HTTP/1.1")).isEqualTo("since 0");
        assertThat(told("GET /.weir/apps?since=x HTTP/1.1")).isEqualTo("since 0");
    }

    private String told(String line) {
        OwnAnswer answer = handedOver(line, "Host: x").answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("text/plain");
        return answer.content().toString(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void toAnyoneElseThatIsAPathLikeOthers() {
        rig.get(); // the first of them makes the app
        worker().answer("");
        rig.request("GET /.weir/apps?since=7 HTTP/1.1", "Host: orders.test");
        assertThat(worker().head()).contains("GET /.weir/apps?since=7 ");
        worker().answer("");
    }

    // ---- the sender

    @Test
    void aGatewayIsToldWhereTheRequestIsTo() {
        firstIsAGateway();
        rig.get();
        assertThat(worker().head()).contains("\r\nWeir-Hop: lb-2;to=us-e1;app=orders\r\n", "\r\nVia: 1.1 weir\r\n");
        worker().answer("");
        rig.get();
        assertThat(worker().head()).doesNotContain("Weir-Hop");
        worker().answer("");
    }

    @ParameterizedTest
    @CsvSource({
        "503, no_workers",
        "503, residency",
        "503, overloaded",
        "503, draining",
        "502, connect_failed",
        "504, connect_timeout",
        "504, total_timeout",
        "421, wrong_region"
    })
    void whatAGatewayDoesNotTakeGoesElsewhereWhateverTheMethod(int status, String reason) {
        firstIsAGateway();
        rig.exhaustRetries();
        ScriptedClient client = rig.upload("POST");
        rig.body("some");
        ScriptedWorker gateway = worker();
        rig.body(" more").ended();
        gateway.head("HTTP/1.1 " + status + " As it is", "Weir-Reason: " + reason, "Content-Length: 2");
        assertThat(gateway.isLeft()).isTrue();
        assertThat(worker().target().name()).isNotEqualTo("a");
        assertThat(worker().body()).isEqualTo("some more");
        assertThat(worker().head()).doesNotContain("Weir-");
        worker().answer("done");
        assertThat(client.body()).isEqualTo("done");
        assertThat(rig.listener.only().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"400, bad_request", "413, body_too_large", "403, refused", "508, loop"})
    void whatIsTheRequestsOwnFaultGoesOn(int status, String reason) {
        firstIsAGateway();
        ScriptedClient client = rig.get();
        worker().head("HTTP/1.1 " + status + " As it is", "Weir-Reason: " + reason, "Content-Length: 0").end();
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 " + status + " As it is");
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @Test
    void whatIsNotTakenLeavesAllThreeWrittenAttempts() {
        firstIsAGateway();
        rig.get();
        worker().head("HTTP/1.1 503 Service Unavailable", "Weir-Reason: draining", "Content-Length: 0");
        for (int i = 0; i < 3; i++) {
            worker().fail(AttemptFailure.RESET);
            rig.pass(RETRY);
        }
        assertThat(rig.connector.asked()).hasSize(4);
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RESET);
    }

    @ParameterizedTest
    @CsvSource({"502, reset", "502, bad_response", "504, response_timeout"})
    void whatHasFailedBehindAGatewayIsTriedElsewhereIfTheMethodAllows(int status, String reason) {
        firstIsAGateway();
        rig.watching.add(failures);
        ScriptedClient client = rig.upload("PUT");
        rig.body("some").ended();
        ScriptedWorker gateway = worker().head("HTTP/1.1 " + status + " As it is", "Weir-Reason: " + reason, "Content-Length: 2");
        assertThat(gateway.isLeft()).isTrue();
        assertThat(failures.all).containsExactly(AttemptFailure.FAILED_BEHIND);
        assertThat(worker().body()).isEqualTo("some");
        worker().answer("done");
        assertThat(client.body()).isEqualTo("done");
    }

    @Test
    void whatHasFailedBehindAGatewayIsAWrittenAttempt() {
        firstIsAGateway();
        rig.get();
        worker().head("HTTP/1.1 502 Bad Gateway", "Weir-Reason: reset", "Content-Length: 0");
        for (int i = 0; i < 2; i++) {
            worker().fail(AttemptFailure.RESET);
            rig.pass(RETRY);
        }
        assertThat(rig.connector.asked()).hasSize(3);
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RESET);
    }

    @Test
    void whatHasFailedBehindAGatewayIsPaidFor() {
        firstIsAGateway();
        rig.exhaustRetries();
        ScriptedClient client = rig.get();
        ScriptedWorker gateway = worker().head("HTTP/1.1 504 Gateway Timeout", "Weir-Reason: response_timeout", "Content-Length: 2");
        assertThat(gateway.isLeft()).isTrue();
        assertThat(client.outcome()).isEqualTo("answer 504");
        assertThat(client.answer().body()).contains("retry_budget");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RETRY_BUDGET);
    }

    @Test
    void whatHasFailedBehindAGatewayGoesOnIfTheWorkerMayHaveDoneIt() {
        firstIsAGateway();
        assertFailureBehindGoesOn("POST");
    }

    @Test
    void whatHasFailedBehindAGatewayGoesOnIfNobodyElseIsLeft() {
        firstIsAGateway();
        rig.targets(1);
        assertFailureBehindGoesOn("GET");
    }

    private void assertFailureBehindGoesOn(String method) {
        ScriptedClient client = rig.request(method + " / HTTP/1.1", "Host: orders.test");
        worker().head("HTTP/1.1 502 Bad Gateway", "Weir-Reason: reset", "Content-Length: 2").body("no").end();
        assertThat(client.head()).contains("502 Bad Gateway").doesNotContain("Reason");
        assertThat(client.body()).isEqualTo("no");
        assertThat(rig.connector.workers()).hasSize(1);
    }

    /** What one says and the other understands are the same words. */
    @Test
    void everyReasonIsEitherNotTakenOrFailedOrTheRequestsOwnOrNeverSaid() {
        assertThat(Stream.of(Reason.values()).filter(it -> HandOver.isNotTaken(saying(it))))
                .containsExactlyInAnyOrder(
                        Reason.NO_WORKERS,
                        Reason.RESIDENCY,
                        Reason.OVERLOADED,
                        Reason.DRAINING,
                        Reason.CONNECT_FAILED,
                        Reason.CONNECT_TIMEOUT,
                        Reason.TOTAL_TIMEOUT,
                        Reason.WRONG_REGION);
        assertThat(Stream.of(Reason.values()).filter(it -> HandOver.isFailed(saying(it))))
                .containsExactlyInAnyOrderElementsOf(Stream.of(Reason.values()).filter(Reason::ofWrittenAttempt).toList());
    }

    private ResponseHead saying(Reason reason) {
        ResponseHead head = new ResponseHead();
        ByteBuf in = ByteBufUtil.writeAscii(rig.alloc, "HTTP/1.1 503 X\r\nWeir-Reason: " + reason.code() + "\r\n\r\n");
        assertThat(new ResponseParser(new HeadLimits(8192, 32768, 100)).read(in, head)).isEqualTo(Progress.END);
        in.release();
        return head;
    }

    @Test
    void withNobodyElseItsAnswerGoesOn() {
        firstIsAGateway();
        rig.targets(1);
        ScriptedClient client = rig.get();
        worker().head("HTTP/1.1 503 Service Unavailable", "Weir-Reason: draining", "Content-Length: 2").body("no").end();
        assertThat(client.head()).contains("503 Service Unavailable").doesNotContain("Reason");
        assertThat(client.body()).isEqualTo("no");
    }

    @Test
    void anAnswerOfAWorkerBehindItGoesOn() {
        firstIsAGateway();
        ScriptedClient client = rig.get();
        worker().head("HTTP/1.1 503 Service Unavailable", "Content-Length: 0").end();
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 503 Service Unavailable");
    }

    @Test
    void aWorkerCannotRefuseSo() {
        ScriptedClient client = rig.get();
        worker().head("HTTP/1.1 503 Service Unavailable", "Weir-Reason: draining", "Content-Length: 0").end();
        assertThat(client.head()).contains("503").doesNotContain("Reason");
    }

    @Test
    void aBodyThatIsNoLongerHeldStaysWhereItIs() {
        firstIsAGateway();
        ScriptedClient client = rig.upload("POST");
        rig.body(HeldBody.MOST).body(1).ended();
        worker().head("HTTP/1.1 503 Service Unavailable", "Weir-Reason: overloaded", "Content-Length: 0").end();
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 503 Service Unavailable");
    }

    @Test
    void aPostThatAGatewayMayHaveSeenIsNotTriedAgain() {
        firstIsAGateway();
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test");
        worker().fail(AttemptFailure.RESET);
        assertThat(client.outcome()).isEqualTo("answer 502");
    }

    @Test
    void theMarkOfAClientIsLeftToTheGateway() {
        firstIsAGateway();
        rig.affinity = new AffinityCookie("back", "orders");
        ScriptedClient client = rig.get();
        worker().head("HTTP/1.1 200 OK", "Set-Cookie: back=its-own", "Content-Length: 0").end();
        assertThat(client.head()).containsOnlyOnce("Set-Cookie");
    }
}
