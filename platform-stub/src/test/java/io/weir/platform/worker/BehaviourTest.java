package io.weir.platform.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BehaviourTest {
    @Test
    void everythingCanBeSetAtOnce() {
        assertThat(Behaviour.WELL.changedBy(Query.of("?delay=200ms&errors=20%&health=off")))
                .isEqualTo(new Behaviour(Duration.ofMillis(200), 20, false));
    }

    @Test
    void whatIsNotNamedStays() {
        Behaviour before = new Behaviour(Duration.ofSeconds(2), 20, false);

        assertThat(before.changedBy(Query.of("?health=on"))).isEqualTo(new Behaviour(Duration.ofSeconds(2), 20, true));
        assertThat(before.changedBy(Query.of("?delay=0s"))).isEqualTo(new Behaviour(Duration.ZERO, 20, false));
        assertThat(before.changedBy(Query.of("?errors=100%"))).isEqualTo(new Behaviour(Duration.ofSeconds(2), 100, false));
        assertThat(before.changedBy(Query.of(""))).isEqualTo(before);
    }

    @Test
    void itIsSaidInTheFormInWhichItIsSet() {
        assertThat(new Behaviour(Duration.ofMillis(1500), 20, false).members()).hasToString("{delay=1500ms, errors=20%, health=off}");
        assertThat(new Behaviour(Duration.ofSeconds(2), 0, true).members()).hasToString("{delay=2s, errors=0%, health=on}");
    }

    @Test
    void theLongestDelayIsStillOne() {
        assertThat(Behaviour.delayOf("60s")).isEqualTo(Behaviour.LONGEST_DELAY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delay=200 | delay is a whole number with ms or s, as 200ms; it can't be \"200\"",
                "delay=-1s | delay is a whole number with ms or s, as 200ms; it can't be \"-1s\"",
                "delay=1m | delay is a whole number with ms or s, as 200ms; it can't be \"1m\"",
                "delay=9999999s | delay is a whole number with ms or s, as 200ms; it can't be \"9999999s\"",
                "delay=61s | delay is at most 60s, not 61s",
                "errors=20 | errors is a share from 0% to 100%; it can't be \"20\"",
                "errors=101% | errors is a share from 0% to 100%; it can't be \"101%\"",
                "health=maybe | health is on or off; it can't be \"maybe\"",
                "dealy=1s | there is no dealy to set; there are delay, errors, health",
            })
    void whatMakesNoSenseIsSaid(String query, String message) {
        assertThatThrownBy(() -> Behaviour.WELL.changedBy(Query.of("?" + query))).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
