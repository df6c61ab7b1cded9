package io.weir.platform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartRuleTest {
    private static final Duration SHORT = RestartRule.WELL.minusMillis(1);

    private final RestartRule rule = new RestartRule();

    @Test
    void oneThatKeepsEndingIsGivenUp() {
        for (int i = 0; i < RestartRule.MOST_IN_A_ROW; i++) {
            assertThat(rule.afterEnd(SHORT)).contains(RestartRule.PAUSE);
        }
        assertThat(rule.afterEnd(SHORT)).isEmpty();
    }

    @Test
    void oneThatWasWellInBetweenIsNot() {
        for (int i = 0; i < 3 * RestartRule.MOST_IN_A_ROW; i++) {
            assertThat(rule.afterEnd(i % RestartRule.MOST_IN_A_ROW == 0 ? RestartRule.WELL : SHORT)).contains(RestartRule.PAUSE);
        }
    }
}
