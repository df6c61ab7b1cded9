package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.Step;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long an exchange waits, and for what. Deadlines fire at most 100 ms late. */
class ExchangeTimeTest {
    private static final Duration LATE = Duration.ofMillis(150);

    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private void assertFiresAfter(Duration expected, java.util.function.BooleanSupplier happened) {
        Duration waited = rig.until(happened, Duration.ofMinutes(2));
        assertThat(waited).isBetween(expected, expected.plus(LATE));
    }

    // ---- response

    @Test
    void aWorkerThatDoesNotAnswerInTimeIsGivenUp() {
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test");
        assertFiresAfter(ExchangeRig.RESPONSE, client::isSettled);
        assertThat(client.outcome()).isEqualTo("answer 504");
        assertThat(rig.connector.worker().isAborted()).isTrue();
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RESPONSE_TIMEOUT);
    }

    @Test
    void anIdempotentRequestIsRetriedAfterAResponseTimeout() {
        ScriptedClient client = rig.get();
        rig.until(() -> rig.connector.workers().size() == 2, Duration.ofSeconds(20));
        assertThat(rig.connector.workers().getFirst().isAborted()).isTrue();
        assertThat(rig.connector.worker().target().name()).isEqualTo("c");
        rig.connector.worker().answer("");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void eachAttemptHasTheWholeTimeForItsResponse() {
        ScriptedClient client = rig.get();
        rig.pass(Duration.ofSeconds(9));
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertFiresAfter(ExchangeRig.RESPONSE, () -> rig.connector.worker().isAborted());
        rig.pass(Duration.ofSeconds(11));
        assertThat(client.outcome()).isEqualTo("answer 504");
    }

    @Test
    void theTimeForTheResponseBeginsWithTheEndOfTheRequest() {
        ScriptedClient client = rig.upload("POST");
        for (int i = 0; i < 5; i++) {
            rig.pass(Duration.ofSeconds(9));
            rig.body("x");
        }
        rig.pass(Duration.ofSeconds(9));
        rig.ended();
        assertFiresAfter(ExchangeRig.RESPONSE, client::isSettled);
    }

    // ---- connect

    @Test
    void aConnectionThatNeverComesIsGivenUp() {
        rig.targets(1);
        rig.connector.later();
        ScriptedClient client = rig.get();
        assertFiresAfter(ExchangeRig.CONNECT.plusMillis(500), client::isSettled);
        assertThat(client.outcome()).isEqualTo("answer 504");
        assertThat(client.answer().body()).contains("connect_timeout");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.CONNECT_TIMEOUT);
        assertThat(rig.connector.givenUp()).containsExactly("a");
    }

    @Test
    void aConnectionThatTheClientNoLongerWaitsForIsNotHeldAgainstItsTarget() {
        rig.targets(1);
        rig.connector.later();
        rig.get();
        rig.clientGone();
        assertThat(rig.connector.cancelled()).isOne();
        assertThat(rig.connector.givenUp()).isEmpty();
    }

    // ---- idle

    @Test
    void aWorkerThatIsAskedWhetherToGoOnHasTheTimeForAResponse() {
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test", "Content-Length: 1", "Expect: 100-continue");
        assertFiresAfter(ExchangeRig.RESPONSE, client::isSettled);
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RESPONSE_TIMEOUT);
    }

    @Test
    void aClientThatWasToldToGoOnHasTheTimeForARequest() {
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test", "Content-Length: 1", "Expect: 100-continue");
        rig.pass(ExchangeRig.RESPONSE.minusSeconds(1));
        rig.connector.worker().head("HTTP/1.1 100 Continue");
        rig.pass(Duration.ofSeconds(5)); // the time for a response would have been over
        assertThat(client.isSettled()).isFalse();
        rig.body("x").ended();
        rig.connector.worker().answer("");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.OK);
    }

    @Test
    void aWorkerThatTakesAnUploadSlowlyHasTheIdleTimeTwice() {
        ScriptedClient client = rig.upload("POST");
        rig.body("x");
        rig.connector.worker().writable(false);
        rig.pass(ExchangeRig.IDLE.multipliedBy(2).minusSeconds(1));
        rig.connector.worker().writable(true);
        rig.connector.worker().writable(false);
        rig.pass(ExchangeRig.IDLE.multipliedBy(2).minusSeconds(1));
        assertThat(client.isSettled()).isFalse();
        rig.pass(Duration.ofSeconds(1).plus(LATE.multipliedBy(2)));
        assertThat(client.outcome()).isEqualTo("answer 504");
    }

    @Test
    void aRequestThatStandsStillIsGivenUp() {
        ScriptedClient client = rig.upload("POST");
        rig.pass(Duration.ofSeconds(5));
        rig.body("x");
        assertFiresAfter(ExchangeRig.IDLE, client::isSettled);
        assertThat(rig.connector.worker().isAborted()).isTrue();
    }

    @Test
    void aResponseThatStandsStillIsCut() {
        ScriptedClient client = rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.pass(Duration.ofSeconds(5));
        worker.body("x").pause();
        assertFiresAfter(ExchangeRig.IDLE, client::isSettled);
        assertThat(client.said).containsExactly("head 200", "body x", "abort", "settled");
        assertThat(worker.isAborted()).isTrue();
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.IDLE_TIMEOUT);
    }

    @Test
    void aResponseThatMovesMayTakeAnyTimeAndOneEntryOfTheWheel() {
        ScriptedClient client = rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        for (int i = 0; i < 20; i++) {
            rig.pass(Duration.ofSeconds(15));
            worker.body("x").pause();
            assertThat(rig.wheel.size()).isOne();
        }
        worker.end();
        assertThat(client.body()).hasSize(20);
    }

    @Test
    void theUploadKeepsAnEarlyResponseAlive() {
        ScriptedClient client = rig.upload("POST");
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        for (int i = 0; i < 4; i++) {
            rig.pass(Duration.ofSeconds(15));
            rig.body("x");
        }
        worker.end();
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void aClientThatDoesNotReadIsGivenUpAfterTwiceTheIdleTime() {
        ScriptedClient client = rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        client.writable(false);
        worker.body("x").pause();
        assertThat(worker.isDemanded()).isFalse();
        rig.pass(ExchangeRig.IDLE.multipliedBy(2).minusSeconds(1));
        assertThat(client.isSettled()).isFalse();
        rig.pass(Duration.ofSeconds(2));
        assertThat(client.isSettled()).isTrue();
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.IDLE_TIMEOUT);
    }

    // ---- attempt

    @Test
    void anAttemptHasABoundOfItsOwn() {
        rig.attempt = Duration.ofSeconds(3);
        rig.get();
        assertFiresAfter(Duration.ofSeconds(3), () -> rig.connector.workers().size() == 2);
        rig.connector.worker().answer("");
    }

    @Test
    void theBoundOfAnAttemptIncludesTheUpload() {
        rig.attempt = Duration.ofSeconds(3);
        ScriptedClient client = rig.upload("POST");
        for (int i = 0; i < 2; i++) {
            rig.pass(Duration.ofSeconds(1));
            rig.body("x");
        }
        assertFiresAfter(Duration.ofSeconds(1), client::isSettled);
        assertThat(client.outcome()).isEqualTo("answer 504");
    }

    @Test
    void theBoundOfAnAttemptEndsWithTheHeadOfTheResponse() {
        rig.attempt = Duration.ofSeconds(3);
        ScriptedClient client = rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.pass(Duration.ofSeconds(10));
        worker.body("x").end();
        assertThat(client.body()).isEqualTo("x");
    }

    // ---- total

    @Test
    void theWholeExchangeMayHaveABound() {
        rig.total = Duration.ofSeconds(5);
        ScriptedClient client = rig.get();
        assertFiresAfter(Duration.ofSeconds(5), client::isSettled);
        assertThat(client.outcome()).isEqualTo("answer 504");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.TOTAL_TIMEOUT);
        assertThat(rig.connector.worker().isAborted()).isTrue();
    }

    @Test
    void theBoundOfTheWholeHoldsWhileAConnectionIsMade() {
        rig.total = Duration.ofSeconds(5);
        rig.connector.later();
        ScriptedClient client = rig.get();
        assertFiresAfter(Duration.ofSeconds(5), client::isSettled);
        assertThat(rig.connector.cancelled()).isOne();
    }

    @Test
    void theBoundOfTheWholeHoldsWhileAGateWaits() {
        rig.total = Duration.ofSeconds(5);
        rig.steps = Step.Chain.of((Step.Gate) (_, _) -> Step.Gate.Verdict.WAIT);
        ScriptedClient client = rig.get();
        assertFiresAfter(Duration.ofSeconds(5), client::isSettled);
        assertThat(client.outcome()).isEqualTo("answer 504");
    }

    @Test
    void theBoundOfTheWholeCutsAResponseThatMoves() {
        rig.total = Duration.ofSeconds(5);
        ScriptedClient client = rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        for (int i = 0; i < 4; i++) {
            rig.pass(Duration.ofSeconds(1));
            worker.body("x").pause();
        }
        assertFiresAfter(Duration.ofSeconds(1), client::isSettled);
        assertThat(client.said).endsWith("abort", "settled");
    }

    @Test
    void retriesDoNotProlongTheWhole() {
        rig.total = Duration.ofSeconds(12);
        ScriptedClient client = rig.get();
        rig.pass(Duration.ofSeconds(11)); // one response time-out
        assertThat(rig.connector.workers()).hasSize(2);
        assertFiresAfter(Duration.ofSeconds(1), client::isSettled);
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.TOTAL_TIMEOUT);
    }

    @Test
    void deadlinesOfAnExchangeDoNotOutliveIt() {
        rig.get();
        rig.pass(Duration.ofSeconds(3));
        rig.connector.worker().answer("");
        ScriptedClient second = rig.get();
        rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.pass(Duration.ofSeconds(15)); // the first one's deadline would have come
        assertThat(second.isSettled()).isFalse();
        rig.connector.worker().end();
    }
}
