package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.weir.exchange.Exchange.Phase;
import io.weir.http.FieldName;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.Step;
import io.weir.http.Step.Gate.Verdict;
import io.weir.upstream.AttemptFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a route does beside forwarding: gates, edits, taps. */
class ExchangeStepsTest {
    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    /** A gate that gives the same verdict to all, and keeps how those that wait may be let on. */
    private static final class ScriptedGate implements Step.Gate {
        private final List<Later> asked = new ArrayList<>();
        private final Verdict verdict;

        ScriptedGate(Verdict verdict) {
            this.verdict = verdict;
        }

        @Override
        public Verdict check(RequestHead head, Later later) {
            asked.add(later);
            return verdict;
        }

        @Override
        public int answerStatus() {
            return 429;
        }
    }

    private final ScriptedGate passes = new ScriptedGate(Verdict.PASS);
    private final ScriptedGate answers = new ScriptedGate(Verdict.ANSWER);
    private final ScriptedGate waits = new ScriptedGate(Verdict.WAIT);

    // ---- gates

    @Test
    void aGateThatPassesLetsTheRequestGo() {
        rig.steps = Step.Chain.of(passes, passes);
        rig.get();
        rig.connector.worker().answer("");
        assertThat(passes.asked).hasSize(2);
    }

    @Test
    void aGateThatAnswersDoesSoWithItsStatusAndNoWorkerIsAsked() {
        rig.steps = Step.Chain.of(passes, answers, passes);
        ScriptedClient client = rig.get();
        assertThat(client.said).containsExactly("answer 429", "settled");
        assertThat(client.answer().body()).contains("refused");
        assertThat(rig.connector.asked()).isEmpty();
        assertThat(passes.asked).as("the gate behind it is not asked").hasSize(1);
        assertThat(rig.listener.only()).isEqualTo(new RecordingListener.Settled(Reason.REFUSED, 429, "orders", "", 0, 0, 0));
    }

    @Test
    void aGateThatWaitsStopsTheClientUntilItPasses() {
        rig.steps = Step.Chain.of(waits, passes);
        ScriptedClient client = rig.upload("POST");
        assertThat(rig.phase()).isEqualTo(Phase.RESOLVE);
        assertThat(client.isDemanded()).isFalse();
        rig.body("was read already");
        assertThat(rig.connector.asked()).isEmpty();
        waits.asked.getFirst().decide(Verdict.PASS);
        assertThat(client.isDemanded()).isTrue();
        assertThat(passes.asked).hasSize(1);
        assertThat(rig.connector.worker().body()).isEqualTo("was read already");
        rig.ended();
        rig.connector.worker().answer("");
    }

    @Test
    void oneGateMayWaitBehindTheOther() {
        rig.steps = Step.Chain.of(waits, waits);
        ScriptedClient client = rig.get();
        waits.asked.get(0).decide(Verdict.PASS);
        assertThat(client.isDemanded()).isFalse();
        waits.asked.get(1).decide(Verdict.PASS);
        rig.connector.worker().answer("");
    }

    @Test
    void aGateThatWaitedMayAnswer() {
        rig.steps = Step.Chain.of(waits);
        ScriptedClient client = rig.upload("POST");
        rig.body("held");
        waits.asked.getFirst().decide(Verdict.ANSWER);
        assertThat(client.said).containsExactly("answer 429", "settled");
    }

    @Test
    void aDecisionAfterTheClientHasGoneHasNoEffect() {
        rig.steps = Step.Chain.of(waits);
        rig.get();
        rig.clientGone();
        waits.asked.getFirst().decide(Verdict.PASS);
        waits.asked.getFirst().decide(Verdict.ANSWER);
        assertThat(rig.connector.asked()).isEmpty();
    }

    @Test
    void aLateDecisionDoesNotReachTheNextRequestOfTheSameExchange() {
        rig.steps = Step.Chain.of(waits);
        rig.get();
        Exchange used = rig.exchange();
        rig.clientGone();
        ScriptedClient second = rig.get();
        assertThat(rig.exchange()).isSameAs(used);
        waits.asked.getFirst().decide(Verdict.ANSWER);
        assertThat(second.said).isEmpty();
        waits.asked.getFirst().decide(Verdict.PASS);
        assertThat(rig.connector.asked()).isEmpty();
        waits.asked.getLast().decide(Verdict.PASS);
        rig.connector.worker().answer("mine");
        assertThat(second.body()).isEqualTo("mine");
    }

    @Test
    void aGateCannotDecideToWaitForLonger() {
        rig.steps = Step.Chain.of(waits);
        rig.get();
        assertThatIllegalArgumentException().isThrownBy(() -> waits.asked.getFirst().decide(Verdict.WAIT));
        rig.clientGone();
    }

    @Test
    void aBodyThatIsBadWhileAGateWaitsIsAnswered() {
        rig.steps = Step.Chain.of(waits);
        ScriptedClient client = rig.upload("POST");
        rig.requestFailed(Reason.BAD_REQUEST, null);
        assertThat(client.outcome()).isEqualTo("answer 400");
    }

    // ---- edits

    @Test
    void editsCutAndAddFieldsOfRequestsForEachAttempt() {
        rig.steps = Step.Chain.of(
                new Step.Edit() {
                    @Override
                    public void request(RequestHead head, HeadWriter added) {
                        int accept = head.find(FieldName.ACCEPT);
                        if (accept >= 0) {
                            head.cut(accept);
                        }
                        added.text("Tier: gold\r\n");
                    }
                },
                new Step.Edit() {});
        rig.request("GET / HTTP/1.1", "Host: orders.test", "Accept: x/y");
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(rig.connector.workers()).hasSize(2).allSatisfy(worker -> assertThat(worker.head()).containsOnlyOnce("Tier: gold\r\n").doesNotContain("Accept"));
        rig.connector.worker().answer("");
    }

    @Test
    void editsCutAndAddFieldsOfResponses() {
        rig.steps = Step.Chain.of(new Step.Edit() {
            @Override
            public void response(RequestHead request, ResponseHead head, HeadWriter added) {
                head.cut(0);
                added.text("Frame-Options: DENY\r\n");
            }
        });
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 200 OK", "C: d", "A: b").end();
        assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\nA: b\r\nFrame-Options: DENY\r\n");
    }

    // ---- taps

    @Test
    void tapsSeeBothBodiesOnceHoweverManyAttempts() {
        StringBuilder seen = new StringBuilder();
        rig.steps = Step.Chain.of(new Step.Tap() {
            @Override
            public void requestBody(ByteBuf data) {
                seen.append('>').append(data.toString(StandardCharsets.US_ASCII));
            }

            @Override
            public void responseBody(ByteBuf data) {
                seen.append('<').append(data.toString(StandardCharsets.US_ASCII));
            }
        });
        rig.connector.later();
        rig.upload("PUT");
        rig.body("held");
        rig.connector.waiting().connect();
        rig.body("more").ended();
        rig.connector.worker().fail(AttemptFailure.RESET);
        rig.pass(Duration.ofMillis(100));
        rig.connector.worker().answer("answer");
        assertThat(seen).hasToString(">held>more<answer");
    }

    @Test
    void aRouteWithoutStepsHasNoChain() {
        assertThat(Step.Chain.of()).isNull();
    }
}
