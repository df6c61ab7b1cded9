package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1000 * MS;
    /** The decay's factor in its 10 s: 1/e. */
    private static final double TEN_SECONDS = Math.exp(-1);

    private final Latency latency = new Latency(2, 0);

    @Test
    void nothingIsKnownAtFirst() {
        latency.sum(Latency.TICK);
        assertThat(latency.average()).isZero();
    }

    @Test
    void theLoopsAreSummed() {
        latency.answered(0, 10 * MS);
        latency.answered(0, 20 * MS);
        latency.answered(1, 60 * MS);
        assertThat(latency.average()).as("before the tick").isZero();
        latency.sum(Latency.TICK);
        assertThat(latency.average()).isEqualTo(30 * MS);
    }

    @Test
    void aRiseShowsAtOnceAndAFallSlowly() {
        latency.answered(0, 10 * MS);
        latency.sum(SECOND);
        latency.answered(0, 100 * MS);
        latency.sum(2 * SECOND);
        assertThat(latency.average()).isEqualTo(100 * MS);
        latency.answered(0, 10 * MS);
        latency.sum(12 * SECOND);
        long expected = (long) (100 * MS * TEN_SECONDS + 10 * MS * (1 - TEN_SECONDS));
        assertThat(latency.average()).isCloseTo(expected, Percentage.withPercentage(0.01));
    }

    @Test
    void whoIsNotAskedIsForgotten() {
        latency.answered(0, 100 * MS);
        latency.sum(0);
        latency.sum(10 * SECOND);
        assertThat(latency.average()).isCloseTo((long) (100 * MS * TEN_SECONDS), Percentage.withPercentage(0.01));
        latency.sum(200 * SECOND);
        assertThat(latency.average()).isZero();
    }

    @Test
    void refusingQuicklyIsNoVirtue() {
        latency.failed(0, 0);
        latency.sum(Latency.TICK);
        assertThat(latency.average()).isEqualTo(SECOND);
    }

    @Test
    void anAttemptThatFailsLateCountsAsLongAsItTook() {
        latency.failed(0, 7 * SECOND);
        latency.sum(Latency.TICK);
        assertThat(latency.average()).isEqualTo(7 * SECOND);
    }

    @Test
    void anAnswerThatTakesNoTimeIsKnownAllTheSame() {
        latency.answered(0, 0);
        latency.sum(Latency.TICK);
        assertThat(latency.average()).isPositive();
    }

    /** Counts are kept modulo 2²⁴: a slot that wraps between two ticks is read as any other. */
    @Test
    void aSlotMayPassItsLargestValue() {
        for (int i = 0; i < (1 << 24) + 10; i++) {
            latency.answered(1, 3 * MS);
            if (i % 1_000_000 == 0) {
                latency.sum(0);
            }
        }
        latency.sum(0);
        assertThat(latency.average()).isEqualTo(3 * MS);
    }
}
