package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Target;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an exchange does when its worker is found not to answer: goes elsewhere if it may and can, else waits on. */
class ExchangeGivenBackTest {
    private final ExchangeRig rig = new ExchangeRig();
    private final List<AttemptFailure> failures = new ArrayList<>();

    @BeforeEach
    void failuresAreNoted() {
        rig.watching.add(new ExchangeListener() {
            @Override
            public void settled(Exchange exchange) {}

            @Override
            public void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {
                if (failure != null) {
                    failures.add(failure);
                }
            }
        });
    }

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private void assertWaitsOn(ScriptedWorker worker) {
        worker.foundSilent();
        rig.pass(Duration.ofMillis(200));
        assertThat(rig.connector.worker()).isSameAs(worker);
        assertThat(worker.isAborted()).isFalse();
        assertThat(failures).isEmpty();
    }

    // ---- waiting for the first byte

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
    void anIdempotentRequestGoesElsewhereAtOnce(String method) {
        ScriptedClient client = rig.request(method + " / HTTP/1.1", "Host: orders.test");
        ScriptedWorker silent = rig.connector.worker();
        silent.foundSilent();
        assertThat(silent.isAborted()).isTrue();
        assertThat(rig.connector.worker().target().name()).isEqualTo("c");
        assertThat(failures).containsExactly(AttemptFailure.GIVEN_BACK);
        rig.connector.worker().answer("");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(rig.listener.only().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "LOCK"})
    void aRequestThatIsNotIdempotentWaitsOn(String method) {
        ScriptedClient client = rig.request(method + " / HTTP/1.1", "Host: orders.test");
        assertWaitsOn(rig.connector.worker());
        rig.connector.worker().answer("late");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void aBodyThatIsHeldGoesAlong() {
        ScriptedClient client = rig.upload("PUT");
        rig.body("one ");
        rig.connector.worker().foundSilent();
        rig.body("two").ended();
        assertThat(rig.connector.workers()).hasSize(2);
        assertThat(rig.connector.worker().body()).isEqualTo("one two");
        rig.connector.worker().answer("");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void aBodyThatIsNotHeldAnyMoreKeepsItsRequestWhereItIs() {
        rig.upload("PUT");
        rig.body(40_000).body(40_000);
        assertWaitsOn(rig.connector.worker());
        rig.ended();
        rig.connector.worker().answer("");
    }

    @Test
    void whatHasGoneToTheClientKeepsTheRequestWhereItIs() {
        rig.get();
        assertWaitsOn(rig.connector.worker().head("HTTP/1.1 103 Early Hints"));
        assertWaitsOn(rig.connector.worker().head("HTTP/1.1 200 OK"));
        rig.connector.worker().end();
    }

    @Test
    void itTakesFromTheBudgetAndWithoutWaitsOn() {
        rig.exhaustRetries();
        rig.get();
        assertWaitsOn(rig.connector.worker());
        rig.connector.worker().answer("");
    }

    @Test
    void theThirdWorkerThatItWasWrittenToKeepsIt() {
        rig.get();
        for (int i = 0; i < 2; i++) {
            rig.connector.worker().foundSilent();
            rig.pass(Duration.ofMillis(200));
        }
        assertThat(rig.connector.workers()).hasSize(3);
        failures.clear();
        assertWaitsOn(rig.connector.worker());
        rig.connector.worker().answer("");
    }

    @Test
    void whereNobodyElseIsLeftItWaitsOn() {
        rig.targets(1);
        rig.get();
        assertWaitsOn(rig.connector.worker());
        rig.connector.worker().answer("");
    }

    /** Better a worker that may come to than one that refuses connections. */
    @Test
    void whereEverybodyElseRestsItWaitsOn() {
        rig.targets(1).targets.add(io.weir.balancing.StandInTarget.of("resting").rest(true));
        rig.get();
        assertWaitsOn(rig.connector.worker());
        rig.connector.worker().answer("");
    }

    @Test
    void theTimeForTheResponseBeginsAnew() {
        ScriptedClient client = rig.get();
        rig.pass(ExchangeRig.RESPONSE.minusSeconds(1));
        rig.connector.worker().foundSilent();
        rig.pass(ExchangeRig.RESPONSE.minusSeconds(1));
        assertThat(client.isSettled()).isFalse();
        rig.connector.worker().answer("");
    }

    // ---- waiting for a connection

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aRequestThatWaitsForAConnectionGoesElsewhereAtNoCost(String method) {
        rig.exhaustRetries();
        rig.connector.later();
        ScriptedClient client = rig.request(method + " / HTTP/1.1", "Host: orders.test");
        rig.connector.waiting().foundSilent();
        assertThat(rig.connector.cancelled()).isOne();
        assertThat(rig.connector.givenUp()).as("nothing is held against connecting").isEmpty();
        assertThat(failures).containsExactly(AttemptFailure.CONNECT_GIVEN_UP);
        rig.connector.worker().answer("");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void whereNobodyElseIsLeftItWaitsForItsConnection() {
        rig.targets(1);
        rig.connector.later();
        rig.get();
        rig.connector.waiting().foundSilent();
        assertThat(rig.connector.cancelled()).isZero();
        rig.connector.waiting().connect().answer("");
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    @Test
    void theFifthAttemptWaitsForItsConnection() {
        for (int i = 0; i < 4; i++) {
            rig.connector.failing(AttemptFailure.CONNECT_REFUSED);
        }
        rig.connector.later();
        rig.get();
        rig.pass(Duration.ofMillis(500));
        failures.clear();
        rig.connector.waiting().foundSilent();
        assertThat(rig.connector.cancelled()).isZero();
        rig.connector.waiting().connect().answer("");
        assertThat(failures).isEmpty();
    }
}
