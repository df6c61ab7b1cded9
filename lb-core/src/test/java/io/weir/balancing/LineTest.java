package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LineTest {
    @Test
    void itRisesEvenlyBetweenItsTimes() {
        Line line = new Line(0.2, 0.6, 100, 300);
        assertThat(line.at(0)).isEqualTo(0.2);
        assertThat(line.at(100)).isEqualTo(0.2);
        assertThat(line.at(200)).isCloseTo(0.4, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(line.at(300)).isEqualTo(0.6);
        assertThat(line.at(10_000)).isEqualTo(0.6);
    }

    @Test
    void oneThatEndsWhereItStartsIsAStep() {
        Line step = new Line(0, 1, 100, 100);
        assertThat(step.at(99)).isZero();
        assertThat(step.at(100)).isOne();
    }

    @Test
    void aConstantIsTheSameAtAnyTime() {
        for (long now : new long[] {Long.MIN_VALUE / 2, -1, 0, 1, Long.MAX_VALUE / 2}) {
            assertThat(Line.constant(0.3).at(now)).isEqualTo(0.3);
        }
    }

    /** Monotonic clocks start anywhere: one may pass its largest value. */
    @Test
    void itCrossesTheEndOfTheClock() {
        Line line = new Line(0, 1, Long.MAX_VALUE - 50, Long.MIN_VALUE + 49);
        assertThat(line.at(Long.MAX_VALUE - 60)).isZero();
        assertThat(line.at(Long.MAX_VALUE)).isCloseTo(0.5, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(line.at(Long.MIN_VALUE + 60)).isOne();
    }

    @Test
    void itDoesNotEndBeforeItStarts() {
        assertThatThrownBy(() -> new Line(0, 1, 100, 99)).hasMessage("a line ends 1 ns before it starts");
    }
}
