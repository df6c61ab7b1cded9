package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.StandInTarget;
import io.weir.exchange.RecordingListener.Settled;
import io.weir.http.HandOver;
import io.weir.routing.Rule;
import io.weir.topology.Template;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections of clients that speak no HTTP: routed by host, tried as requests are until there is a worker, then bytes. */
class ExchangeTunnelTest {
    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private ScriptedWorker worker() {
        return rig.connector.worker();
    }

    @Test
    void itHasANewConnectionAndNoHeadAndEndsWhenBothHaveEnded() {
        ScriptedClient client = rig.tunnel("ORDERS.test.");
        assertThat(rig.connector.asked()).containsExactly("a fresh");
        worker().body("220 hello").pause();
        rig.body("QUIT").ended();
        worker().body("221 bye").end();
        assertThat(worker().head()).isEmpty();
        assertThat(worker().body()).isEqualTo("QUIT");
        assertThat(client.said).containsExactly("body 220 hello", "body 221 bye", "end", "settled");
        assertThat(rig.listener.only()).isEqualTo(new Settled(Reason.OK, 0, "orders", "a", 1, 4, 16));
    }

    @Test
    void aWorkerThatEndsFirstStillGetsWhatTheClientSays() {
        ScriptedClient client = rig.tunnel("orders.test");
        worker().end();
        rig.body("last words").ended();
        assertThat(worker().body()).isEqualTo("last words");
        assertThat(client.said).containsExactly("end", "settled");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.OK);
    }

    @Test
    void whatComesBeforeTheWorkerIsHeldAndSentToTheOneThatIsReached() {
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).later();
        ScriptedClient client = rig.tunnel("orders.test");
        rig.body("early").body(HeldBody.MOST).ended();
        assertThat(client.isDemanded()).isFalse();
        rig.connector.waiting().connect();
        assertThat(worker().body()).startsWith("earlyxxx").hasSize(5 + HeldBody.MOST);
        assertThat(worker().hasWholeRequest()).isTrue();
        worker().end();
        assertThat(rig.listener.only()).extracting("reason", "target", "attempts").containsExactly(Reason.OK, "c", 2);
    }

    @Test
    void theLimitOfBodiesIsNotForIt() {
        rig.bodyLimit = 3;
        rig.connector.later();
        rig.tunnel("orders.test");
        rig.body("12345");
        rig.connector.waiting().connect();
        rig.body("67890").ended();
        worker().end();
        assertThat(worker().body()).isEqualTo("1234567890");
    }

    @Test
    void whoeverDoesNotKeepUpStopsTheOther() {
        ScriptedClient client = rig.tunnel("orders.test");
        worker().writable(false);
        assertThat(client.isDemanded()).isFalse();
        worker().writable(true);
        assertThat(client.isDemanded()).isTrue();
        rig.clientWritable(false);
        assertThat(worker().isDemanded()).isFalse();
        rig.clientWritable(true);
        assertThat(worker().isDemanded()).isTrue();
        rig.clientGone();
        assertThat(worker().isAborted()).isTrue();
        assertThat(rig.listener.only()).extracting("reason", "status").containsExactly(Reason.CLIENT_GONE, 0);
    }

    @Test
    void whoCanNotBeServedIsAbortedAndNeverAnswered() {
        rig.targets(2);
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED);
        ScriptedClient refused = rig.tunnel("orders.test");
        rig.pass(Duration.ofMillis(200));
        assertThat(refused.said).containsExactly("abort", "settled");
        assertThat(rig.tunnel("nobody.test").said).containsExactly("abort", "settled");
        assertThat(rig.tunnel("orders.us-e1.test").said).containsExactly("abort", "settled");
        assertThat(rig.tunnel("").said).containsExactly("abort", "settled");
        assertThat(rig.tunnel("a..b").said).containsExactly("abort", "settled");
        assertThat(rig.listener.reasons())
                .containsExactly(Reason.CONNECT_FAILED, Reason.NO_ROUTE, Reason.WRONG_REGION, Reason.NO_SERVER_NAME, Reason.NO_SERVER_NAME);
        assertThat(rig.listener.all()).extracting(Settled::status).containsOnly(0);
    }

    @Test
    void aMappingThatAnswersHasNothingForIt() {
        rig.rules = List.of(
                new Rule("moved.test", "/", new Rule.Redirect(308, Template.parse("https://orders.test/{rest}"))),
                new Rule("gone.test", "/", new Rule.Respond(410)),
                new Rule("mapped.test", "/", new Rule.ToApp(Template.parse("orders"), null, null, null)));
        assertThat(rig.tunnel("moved.test").said).containsExactly("abort", "settled");
        assertThat(rig.tunnel("gone.test").said).containsExactly("abort", "settled");
        rig.tunnel("mapped.test");
        rig.ended();
        worker().end();
        assertThat(rig.listener.reasons()).containsExactly(Reason.REDIRECTED, Reason.RESPONDED, Reason.OK);
    }

    @Test
    void aWorkerThatBreaksAbortsTheClientAndIsNotTriedAgain() {
        ScriptedClient client = rig.tunnel("orders.test");
        worker().fail(AttemptFailure.CUT);
        assertThat(client.said).containsExactly("abort", "settled");
        assertThat(rig.listener.only()).extracting("reason", "attempts").containsExactly(Reason.RESPONSE_CUT, 1);
    }

    @Test
    void oneThatBreaksAtTheFirstBytesIsNotTriedAgainEither() {
        rig.connector.breaking(ScriptedConnector.Fault.FLUSH);
        assertThat(rig.tunnel("orders.test").said).containsExactly("abort", "settled");
        assertThat(rig.connector.asked()).hasSize(1);
    }

    @Test
    void silenceAndADrainEndBothSides() {
        ScriptedClient client = rig.tunnel("orders.test");
        ScriptedWorker silent = worker();
        rig.pass(ExchangeRig.WEBSOCKET.plusSeconds(1));
        assertThat(client.said).containsExactly("end", "settled");
        assertThat(silent.isLeft()).isTrue();
        client = rig.tunnel("orders.test");
        rig.drained();
        assertThat(client.said).containsExactly("end", "settled");
        rig.connector.later();
        client = rig.tunnel("orders.test");
        rig.drained();
        assertThat(client.said).containsExactly("abort", "settled");
        assertThat(rig.listener.reasons()).containsExactly(Reason.UPGRADE_IDLE, Reason.DRAINING, Reason.DRAINING);
        assertThat(rig.connector.cancelled()).isEqualTo(1);
    }

    @Test
    void theTimeForTheWholeEndsWithTheWorkersConnection() {
        rig.total = Duration.ofSeconds(1);
        rig.connector.later();
        ScriptedClient early = rig.tunnel("orders.test");
        rig.pass(Duration.ofSeconds(2));
        assertThat(early.said).containsExactly("abort", "settled");
        ScriptedClient open = rig.tunnel("orders.test");
        rig.pass(Duration.ofSeconds(2));
        assertThat(open.isSettled()).isFalse();
        rig.ended();
        worker().end();
        assertThat(rig.listener.reasons()).containsExactly(Reason.TOTAL_TIMEOUT, Reason.OK);
    }

    @Test
    void anotherLoadBalancerIsPassedBySinceItIsToldOfRequestsByHttpAlone() {
        rig.targets(2);
        ((StandInTarget) rig.targets.getFirst()).handsOver(HandOver.line("lb-2", "us-e1", "orders"));
        rig.tunnel("orders.test");
        assertThat(rig.connector.asked()).containsExactly("b fresh");
        rig.ended();
        worker().end();
        ((StandInTarget) rig.targets.getLast()).handsOver(HandOver.line("lb-2", "us-e1", "orders"));
        assertThat(rig.tunnel("orders.test").said).containsExactly("abort", "settled");
        assertThat(rig.listener.all()).extracting(Settled::attempts).containsExactly(1, 0);
        assertThat(rig.listener.all().getLast()).extracting("reason", "target").containsExactly(Reason.NO_WORKERS, "");
    }
}
