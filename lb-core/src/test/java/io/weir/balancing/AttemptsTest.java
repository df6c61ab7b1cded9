package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttemptsTest {
    private final Attempts attempts = new Attempts();

    @Test
    void nothingHasBeenTriedAtFirst() {
        assertThat(attempts.count()).isZero();
        assertThat(attempts.last()).isNull();
        assertThat(attempts.contains(StandInTarget.of("a"))).isFalse();
    }

    @Test
    void itKnowsWhatWasTriedAndWhatLast() {
        Target a = StandInTarget.of("a");
        Target b = StandInTarget.of("b");
        attempts.add(a);
        attempts.add(b);
        assertThat(attempts.count()).isEqualTo(2);
        assertThat(attempts.last()).isSameAs(b);
        assertThat(attempts.contains(a)).isTrue();
        assertThat(attempts.contains(StandInTarget.of("a"))).as("another target of the same name").isFalse();
    }

    @Test
    void itHoldsAsManyAsAnExchangeMayTry() {
        for (int i = 0; i < Attempts.MOST; i++) {
            attempts.add(StandInTarget.of("w" + i));
        }
        assertThat(attempts.count()).isEqualTo(5);
    }

    @Test
    void clearedItIsAsNew() {
        Target a = StandInTarget.of("a");
        attempts.add(a);
        attempts.clear();
        assertThat(attempts.count()).isZero();
        assertThat(attempts.last()).isNull();
        assertThat(attempts.contains(a)).isFalse();
    }
}
