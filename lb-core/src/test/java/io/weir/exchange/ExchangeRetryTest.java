package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Exchange.Phase;
import io.weir.http.BadMessage;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When an attempt that failed is followed by another, and when by an answer. */
class ExchangeRetryTest {
    private static final Duration LONG_ENOUGH = Duration.ofMillis(200);

    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private void assertNoFurtherAttempt(int attempts) {
        rig.pass(LONG_ENOUGH);
        assertThat(rig.connector.asked()).hasSize(attempts);
    }

    // ---- never written

    @ParameterizedTest
    @EnumSource(
            value = AttemptFailure.class,
            names = {
                "CONNECT_REFUSED", "CONNECT_TIMEOUT", "CONNECT_UNREACHABLE", "CONNECT_IMPOSSIBLE", "NO_SOCKET", "QUEUE_FULL", "QUEUE_TIMEOUT"
            })
    void anAttemptThatWasNeverWrittenIsRetriedForAnyMethod(AttemptFailure failure) {
        rig.exhaustRetries();
        rig.connector.later();
        ScriptedClient client = rig.upload("POST");
        rig.body("held").ended();
        rig.connector.waiting().fail(failure);
        ScriptedWorker second = rig.connector.worker();
        assertThat(second.target().name()).isEqualTo("c");
        assertThat(second.body()).isEqualTo("held");
        second.answer("ok");
        assertThat(client.body()).isEqualTo("ok");
        assertThat(rig.listener.only()).isEqualTo(new RecordingListener.Settled(Reason.OK, 200, "orders", "c", 2, 4, 2));
    }

    @Test
    void aConnectionThatIsRefusedAtOnceIsRetriedToo() {
        rig.connector.failing(AttemptFailure.QUEUE_FULL);
        rig.get();
        assertThat(rig.connector.asked()).containsExactly("a", "c");
        rig.connector.worker().answer("");
    }

    @Test
    void thereAreFiveAttemptsAtMost() {
        for (int i = 0; i < 5; i++) {
            rig.connector.failing(AttemptFailure.CONNECT_REFUSED);
        }
        ScriptedClient client = rig.get();
        rig.pass(Duration.ofMillis(500));
        assertThat(rig.connector.asked()).hasSize(5).doesNotHaveDuplicates();
        assertThat(client.outcome()).isEqualTo("answer 502");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.CONNECT_FAILED);
        assertThat(rig.listener.only().attempts()).isEqualTo(5);
    }

    @Test
    void noTargetIsTriedTwice() {
        rig.targets(2);
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_TIMEOUT);
        ScriptedClient client = rig.get();
        rig.pass(LONG_ENOUGH);
        assertThat(rig.connector.asked()).containsExactly("a", "b");
        assertThat(client.outcome()).as("how the last one failed").isEqualTo("answer 504");
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT_REFUSED, 502, CONNECT_FAILED",
        "CONNECT_UNREACHABLE, 502, CONNECT_FAILED",
        "CONNECT_IMPOSSIBLE, 502, CONNECT_FAILED",
        "NO_SOCKET, 503, OVERLOADED",
        "CONNECT_TIMEOUT, 504, CONNECT_TIMEOUT",
        "QUEUE_FULL, 503, OVERLOADED",
        "QUEUE_TIMEOUT, 503, OVERLOADED"
    })
    void theAnswerSaysHowTheOnlyWorkerFailed(AttemptFailure failure, int status, Reason reason) {
        rig.targets(1);
        rig.connector.failing(failure);
        assertThat(rig.get().outcome()).isEqualTo("answer " + status);
        assertThat(rig.listener.only().reason()).isEqualTo(reason);
    }

    // ---- written

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
    void anIdempotentRequestThatGotNoAnswerIsRetried(String method) {
        rig.request(method + " / HTTP/1.1", "Host: orders.test");
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(rig.connector.asked()).containsExactly("a", "c");
        rig.connector.worker().answer("");
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "LOCK"})
    void aRequestThatIsNotIdempotentIsNeverWrittenTwice(String method) {
        ScriptedClient client = rig.request(method + " / HTTP/1.1", "Host: orders.test");
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(client.outcome()).isEqualTo("answer 502");
        assertNoFurtherAttempt(1);
    }

    @ParameterizedTest
    @CsvSource({"RESET, 502, RESET", "BAD_RESPONSE, 502, BAD_RESPONSE", "RESPONSE_TIMEOUT, 504, RESPONSE_TIMEOUT"})
    void theAnswerSaysHowTheWrittenAttemptFailed(AttemptFailure failure, int status, Reason reason) {
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test");
        rig.connector.worker().fail(failure);
        assertThat(client.outcome()).isEqualTo("answer " + status);
        assertThat(rig.listener.only().reason()).isEqualTo(reason);
    }

    @Test
    void thereAreThreeWrittenAttemptsAtMost() {
        ScriptedClient client = rig.get();
        for (int i = 0; i < 3; i++) {
            rig.connector.worker().fail(AttemptFailure.RESET);
            rig.pass(LONG_ENOUGH);
        }
        assertThat(rig.connector.workers()).hasSize(3);
        assertThat(client.outcome()).isEqualTo("answer 502");
    }

    @Test
    void attemptsThatWereNeverWrittenDoNotCountAsWritten() {
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED);
        rig.get();
        for (int i = 0; i < 3; i++) {
            rig.pass(LONG_ENOUGH);
            rig.connector.worker().fail(AttemptFailure.RESET);
        }
        assertThat(rig.connector.workers()).hasSize(3);
        assertThat(rig.listener.only().attempts()).isEqualTo(5);
    }

    @Test
    void nothingIsRetriedOnceTheResponseHasBegun() {
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 200 OK").fail(AttemptFailure.CUT);
        assertNoFurtherAttempt(1);
        assertThat(client.said).containsExactly("head 200", "abort", "settled");
    }

    @Test
    void nothingIsRetriedOnceAnInterimResponseHasGoneToTheClient() {
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 103 Early Hints").fail(AttemptFailure.RESET);
        assertThat(client.said).startsWith("interim 103").contains("settled").doesNotContain("head 200");
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @Test
    void aFloodOfInterimResponsesIsAnsweredWith502() {
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 103 Early Hints").fail(AttemptFailure.BAD_RESPONSE, BadMessage.TOO_MANY_INTERIM);
        assertThat(client.said).containsExactly("interim 103", "answer 502", "settled");
        assertThat(client.answer().body()).contains("bad_response");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.BAD_RESPONSE);
    }

    @Test
    void theNextAttemptGoesToAnotherZone() {
        rig.get();
        rig.connector.worker().fail(AttemptFailure.RESET);
        rig.connector.worker().fail(AttemptFailure.RESET);
        rig.pass(LONG_ENOUGH);
        assertThat(rig.connector.workers()).extracting(worker -> worker.target().zone()).containsExactly("z1", "z2", "z1");
        rig.connector.worker().answer("");
    }

    // ---- the body

    @Test
    void aBodyThatIsHeldIsSentAgain() {
        rig.upload("PUT");
        rig.body("first ").body("second ");
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(rig.connector.worker().body()).isEqualTo("first second ");
        rig.body("third").ended("Sum: 1\r\n");
        rig.connector.worker().fail(AttemptFailure.RESET);
        rig.pass(LONG_ENOUGH);
        ScriptedWorker last = rig.connector.worker();
        assertThat(last.body()).isEqualTo("first second third");
        assertThat(last.trailers()).isEqualTo("Sum: 1\r\n");
        last.answer("");
        assertThat(rig.listener.only().requestBytes()).as("counted once").isEqualTo(18);
    }

    @Test
    void aBodyOfSixtyFourKibIsHeld() {
        rig.upload("PUT");
        rig.body(32 * 1024).body(32 * 1024).ended();
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(rig.connector.worker().body()).hasSize(64 * 1024);
        rig.connector.worker().answer("");
    }

    @Test
    void aLargerBodyIsNotHeldAndItsRequestNotRetried() {
        ScriptedClient client = rig.upload("PUT");
        rig.body(32 * 1024).body(32 * 1024 + 1);
        assertThat(rig.alloc.metric().usedHeapMemory()).as("nothing is held any more").isZero();
        rig.ended();
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(client.outcome()).isEqualTo("answer 502");
        assertNoFurtherAttempt(1);
    }

    @Test
    void theBodyOfARequestThatCannotBeRetriedIsNotHeld() {
        rig.upload("POST");
        rig.body(1000);
        assertThat(rig.alloc.metric().usedHeapMemory()).isZero();
        rig.ended();
        rig.connector.worker().answer("");
    }

    @Test
    void theBodyIsLetGoOnceTheResponseHasBegun() {
        rig.upload("PUT");
        rig.body(1000);
        assertThat(rig.alloc.metric().usedHeapMemory()).isPositive();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        assertThat(rig.alloc.metric().usedHeapMemory()).isZero();
        rig.body(1000).ended();
        assertThat(rig.alloc.metric().usedHeapMemory()).isZero();
        worker.end();
    }

    // ---- the delay

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theFirstRetryGoesAtOnceAndLaterOnesAfterALongerWhileEach(long seed) {
        rig.seed = seed;
        for (int i = 0; i < 5; i++) {
            rig.connector.later();
        }
        rig.get();
        rig.connector.waiting().fail(AttemptFailure.CONNECT_REFUSED);
        assertThat(rig.connector.asked()).hasSize(2);
        long middle = 25;
        for (int retry = 2; retry <= 4; retry++) {
            rig.connector.waiting().fail(AttemptFailure.CONNECT_REFUSED);
            assertThat(rig.phase()).isEqualTo(Phase.PICK);
            Duration waited = rig.until(() -> !rig.connector.pending().isEmpty(), Duration.ofMillis(500));
            assertThat(waited).isBetween(Duration.ofNanos(middle * 500_000), Duration.ofNanos(middle * 1_500_000 + 1_000_000));
            middle *= 2;
        }
        rig.connector.waiting().connect().answer("");
    }

    @Test
    void theDelayIsNotTheSameForEveryone() {
        java.util.Set<Duration> delays = new java.util.HashSet<>();
        for (int i = 0; i < 12; i++) {
            rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED).later();
            rig.get();
            delays.add(rig.until(() -> !rig.connector.pending().isEmpty(), Duration.ofMillis(100)));
            rig.connector.waiting().connect().answer("");
        }
        assertThat(delays).hasSizeGreaterThan(5);
    }

    @Test
    void bodyThatComesWhileARetryWaitsIsHeld() {
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED);
        rig.upload("POST");
        rig.body("late ").body("body").ended();
        rig.pass(LONG_ENOUGH);
        assertThat(rig.connector.worker().body()).isEqualTo("late body");
        assertThat(rig.connector.worker().hasWholeRequest()).isTrue();
        rig.connector.worker().answer("");
    }

    @Test
    void aClientThatGoesWhileARetryWaitsEndsIt() {
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED);
        rig.upload("PUT");
        rig.body("held").clientGone();
        assertNoFurtherAttempt(2);
        assertThat(rig.listener.reasons()).containsExactly(Reason.CLIENT_GONE);
    }

    @Test
    void aRetryThatWasWaitedForDoesNotDisturbTheNextExchange() {
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED);
        rig.get();
        Exchange used = rig.exchange();
        rig.clientGone();
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED).failing(AttemptFailure.CONNECT_REFUSED);
        rig.get();
        assertThat(rig.exchange()).isSameAs(used);
        rig.pass(LONG_ENOUGH);
        assertThat(rig.connector.asked()).as("one retry, not two").hasSize(5);
        rig.connector.worker().answer("");
    }

    // ---- the budget

    @ParameterizedTest
    @CsvSource({"RESET, 502", "BAD_RESPONSE, 502", "RESPONSE_TIMEOUT, 504"})
    void withoutBudgetTheLastAttemptsStatusIsTheAnswer(AttemptFailure failure, int status) {
        rig.exhaustRetries();
        ScriptedClient client = rig.get();
        rig.connector.worker().fail(failure);
        assertThat(client.outcome()).isEqualTo("answer " + status);
        assertThat(client.answer().body()).contains("retry_budget");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RETRY_BUDGET);
    }

    @Test
    void fiveRequestsPayForOneRetry() {
        rig.exhaustRetries();
        for (int i = 0; i < 4; i++) {
            rig.get();
            rig.connector.worker().answer("");
        }
        rig.get();
        rig.connector.worker().fail(AttemptFailure.RESET);
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(rig.listener.reasons()).endsWith(Reason.OK, Reason.RETRY_BUDGET);
        assertThat(rig.listener.all().getLast().attempts()).isEqualTo(2);
    }

    // ---- stale connections

    @Test
    void aStaleConnectionIsNoAttemptAndTheSameWorkerIsAskedOnAFreshOne() {
        rig.exhaustRetries();
        rig.get();
        rig.connector.worker().fail(AttemptFailure.STALE);
        assertThat(rig.connector.asked()).containsExactly("a", "a fresh");
        rig.connector.worker().answer("");
        assertThat(rig.listener.only().attempts()).isOne();
    }

    @Test
    void whatAWorkerLeavesBehindUnseenComesBackToItOnAnotherConnection() {
        rig.exhaustRetries();
        rig.get();
        for (int i = 0; i < 5; i++) { // as busy ones do that end their connections by the number of requests
            rig.connector.worker().fail(AttemptFailure.LEFT_BEHIND);
        }
        assertThat(rig.connector.asked()).containsExactly("a", "a", "a", "a", "a", "a");
        rig.connector.worker().fail(AttemptFailure.LEFT_BEHIND);
        assertThat(rig.connector.asked()).hasSize(7).last().isIn("b", "c");
        rig.connector.worker().answer("");
        assertThat(rig.listener.only().attempts()).isEqualTo(2);
    }

    @Test
    void aStaleConnectionLeavesAllThreeWrittenAttempts() {
        rig.get();
        rig.connector.worker().fail(AttemptFailure.STALE);
        for (int i = 0; i < 3; i++) {
            rig.connector.worker().fail(AttemptFailure.RESET);
            rig.pass(LONG_ENOUGH);
        }
        assertThat(rig.connector.asked()).hasSize(4);
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RESET);
    }

    @Test
    void aSecondStaleConnectionOfAnAttemptIsPaidForAsAReset() {
        rig.exhaustRetries();
        ScriptedClient client = rig.get();
        rig.connector.worker().fail(AttemptFailure.STALE);
        rig.connector.worker().fail(AttemptFailure.STALE);
        assertThat(client.outcome()).isEqualTo("answer 502");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RETRY_BUDGET);
        assertThat(rig.connector.asked()).containsExactly("a", "a fresh");
    }

    @Test
    void workersWhoseConnectionsAreAllStaleAreAskedThreeTimesTwice() {
        ScriptedClient client = rig.get();
        for (int i = 0; i < 6; i++) {
            rig.connector.worker().fail(AttemptFailure.STALE);
            rig.pass(LONG_ENOUGH);
        }
        List<String> asked = rig.connector.asked();
        assertThat(asked).hasSize(6).doesNotHaveDuplicates();
        for (int i = 0; i < 6; i += 2) {
            assertThat(asked.get(i + 1)).isEqualTo(asked.get(i) + " fresh");
        }
        assertThat(client.outcome()).isEqualTo("answer 502");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RESET);
    }

    @Test
    void aHeldBodyIsSentAgainOnTheFreshConnection() {
        rig.connector.atOnce().later();
        rig.upload("PUT");
        rig.body("held ");
        rig.connector.worker().fail(AttemptFailure.STALE);
        rig.body("more").ended();
        assertThat(rig.connector.waiting().connect().body()).isEqualTo("held more");
        rig.connector.worker().answer("");
    }

    @Test
    void aPostOnAStaleConnectionIsNotRepeated() {
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test");
        rig.connector.worker().fail(AttemptFailure.STALE);
        assertThat(client.outcome()).isEqualTo("answer 502");
        assertNoFurtherAttempt(1);
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.RESET);
    }

    @Test
    void aFreshConnectionThatIsRefusedLeadsToAnotherWorker() {
        rig.connector.atOnce().later();
        rig.get();
        rig.connector.worker().fail(AttemptFailure.STALE);
        rig.connector.waiting().fail(AttemptFailure.CONNECT_REFUSED);
        assertThat(rig.connector.asked()).containsExactly("a", "a fresh", "c");
        rig.connector.worker().answer("");
    }

    // ---- failures while the request is written

    @ParameterizedTest
    @EnumSource(value = ScriptedConnector.Fault.class, names = {"END"})
    void aConnectionThatBreaksUnderTheRequestIsRetriedIfTheMethodAllows(ScriptedConnector.Fault fault) {
        rig.connector.breaking(fault);
        rig.get();
        assertThat(rig.connector.asked()).containsExactly("a", "c");
        rig.connector.worker().answer("");

        rig.connector.breaking(fault);
        assertThat(rig.request("POST / HTTP/1.1", "Host: orders.test").outcome()).isEqualTo("answer 502");
    }

    @Test
    void aConnectionThatBreaksUnderTheBodyIsAnswered() {
        for (ScriptedConnector.Fault fault : new ScriptedConnector.Fault[] {ScriptedConnector.Fault.BODY, ScriptedConnector.Fault.FLUSH}) {
            rig.connector.breaking(fault);
            ScriptedClient client = rig.upload("POST");
            if (!client.isSettled()) {
                rig.body("x");
            }
            assertThat(client.outcome()).isEqualTo("answer 502");
        }
    }

    @Test
    void aConnectionThatBreaksUnderTheEndOfTheBodyIsAnswered() {
        rig.connector.breaking(ScriptedConnector.Fault.END);
        ScriptedClient client = rig.upload("POST");
        rig.body("x").ended();
        assertThat(client.outcome()).isEqualTo("answer 502");
    }
}
