package io.weir.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SuccessRateTest {

    @Test
    void needsAHundredAnswersOnBothSides() {
        assertThat(SuccessRate.farBelow(0, 99, 1000, 0)).isFalse();
        assertThat(SuccessRate.farBelow(0, 100, 99, 0)).isFalse();
        assertThat(SuccessRate.farBelow(0, 100, 100, 0)).isTrue();
    }

    @Test
    void smallDifferencesAreNoReasonHoweverCertain() {
        assertThat(SuccessRate.farBelow(910_000, 90_000, 1_000_000, 0)).isFalse();
        assertThat(SuccessRate.farBelow(890_000, 110_000, 1_000_000, 0)).isTrue();
    }

    @Test
    void largeDifferencesNeedNoManyAnswers() {
        assertThat(SuccessRate.farBelow(70, 30, 200, 0)).isTrue();
        assertThat(SuccessRate.farBelow(80, 20, 200, 0)).isFalse();
        assertThat(SuccessRate.farBelow(208, 52, 500, 0)).isTrue();
    }

    @Test
    void aPoolThatFailsAlikeBlamesNobody() {
        assertThat(SuccessRate.farBelow(100, 900, 200, 1800)).isFalse();
    }

    /** 20,000 looks at a worker that fails 10 points more than the others: at one in 30,000, more than 6 have a chance of 1 in 100,000. */
    @Test
    void isWrongNoMoreOftenThanItSays() {
        var random = new SplittableRandom(7);
        int guilty = 0;
        for (int look = 0; look < 20_000; look++) {
            long bad = failures(random, 300, 0.35);
            long othersBad = failures(random, 600, 0.25);
            guilty += SuccessRate.farBelow(300 - bad, bad, 600 - othersBad, othersBad) ? 1 : 0;
        }

        assertThat(guilty).isLessThanOrEqualTo(6);
    }

    private static long failures(RandomGenerator random, int of, double rate) {
        long failures = 0;
        for (int i = 0; i < of; i++) {
            failures += random.nextDouble() < rate ? 1 : 0;
        }
        return failures;
    }
}
