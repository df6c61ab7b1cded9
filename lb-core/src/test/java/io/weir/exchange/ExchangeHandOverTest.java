package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.StandInTarget;
import io.weir.config.ForwardingSettings;
import io.weir.http.HandOver;
import io.weir.routing.AffinityCookie;
import io.weir.topology.Cidr;
import io.weir.upstream.AttemptFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that go to the load balancer of another region, and those that come from one. The gateway is 10.1.1.1. */
class ExchangeHandOverTest {
    private static final String HOP = "Weir-Hop: lb-1;to=ca-c1;app=orders";

    private final ExchangeRig rig = new ExchangeRig();
    private final Peers peers = new Peers(
            ForwardingSettings.DEFAULTS, new Gateways(List.of(Cidr.parse("10.1.1.1")), "lb-2", known -> List.of(bytes("since "), bytes("" + known))));

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private ScriptedClient handedOver(String... lines) {
        rig.takesOver = true;
        ScriptedClient client = new ScriptedClient();
        client.peer = peers.of(PeersTest.at("10.1.1.1", 51_000), PeersTest.at("127.0.0.1", 8080));
        return rig.request(client, lines);
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
    void whatIsNotTakenIsAnsweredWithTheReason(String hop, int status, String reason) {
        ScriptedClient client = handedOver("GET / HTTP/1.1", "Host: orders.test", "Weir-Hop: " + hop);
        assertThat(client.answer().status()).isEqualTo(status);
        assertThat(client.answer().reason()).isEqualTo(reason);
    }

    @Test
    void onceWrittenItIsNotTriedAgain() {
        ScriptedClient client = handedOver("GET / HTTP/1.1", "Host: orders.test", HOP);
        worker().fail(AttemptFailure.RESET);
        assertThat(client.answer().status()).isEqualTo(502);
        assertThat(client.answer().reason()).isNull();
    }

    @Test
    void onceWrittenNobodyIsToldThatItWasNotTaken() {
        ScriptedClient client = handedOver("POST / HTTP/1.1", "Host: orders.test", HOP);
        rig.drained();
        assertThat(client.answer().status()).isEqualTo(503);
        assertThat(client.answer().reason()).isNull();
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
    @ValueSource(strings = {"no_workers", "residency", "overloaded", "draining"})
    void whatAGatewayDoesNotTakeGoesElsewhereWhateverTheMethod(String reason) {
        firstIsAGateway();
        rig.exhaustRetries();
        ScriptedClient client = rig.upload("POST");
        rig.body("some");
        ScriptedWorker gateway = worker();
        rig.body(" more").ended();
        gateway.head("HTTP/1.1 503 Service Unavailable", "Weir-Reason: " + reason, "Content-Length: 2");
        assertThat(gateway.isAborted()).isTrue();
        assertThat(worker().target().name()).isNotEqualTo("a");
        assertThat(worker().body()).isEqualTo("some more");
        assertThat(worker().head()).doesNotContain("Weir-");
        worker().answer("done");
        assertThat(client.body()).isEqualTo("done");
        assertThat(rig.listener.only().attempts()).isEqualTo(2);
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
