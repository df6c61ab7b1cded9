package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SetbacksTest {
    private static final long SECOND = 1_000_000_000L;

    private final Setbacks setbacks = new Setbacks();

    @Test
    void theyAreSummedUp() {
        assertThat(setbacks.sums()).isEqualTo(new Setbacks.Sums(0, 0));
        setbacks.failed(5 * SECOND);
        setbacks.retried(5 * SECOND);
        setbacks.retried(6 * SECOND);

        assertThat(setbacks.sums()).isEqualTo(new Setbacks.Sums(1, 2));
        assertThat(setbacks.sums().minus(new Setbacks.Sums(1, 0))).isEqualTo(new Setbacks.Sums(0, 2));
    }

    @Test
    void itIsRememberedHowManyThereWereSecondsAgo() {
        assertThat(setbacks.before(0, 5 * SECOND)).isEqualTo(new Setbacks.Sums(0, 0));
        setbacks.failed(2 * SECOND);
        setbacks.retried(7 * SECOND);
        setbacks.failed(8 * SECOND);
        setbacks.retried(9 * SECOND);

        long now = 9 * SECOND + 1;
        assertThat(setbacks.before(8 * SECOND + 7, now)).isEqualTo(new Setbacks.Sums(1, 1));
        assertThat(setbacks.before(7 * SECOND, now)).isEqualTo(new Setbacks.Sums(1, 0));
        assertThat(setbacks.before(0, now)).isEqualTo(new Setbacks.Sums(0, 0));
    }

    @Test
    void aClockThatIsBehindCountsIntoTheSecondThatIs() {
        setbacks.failed(9 * SECOND);
        setbacks.failed(9 * SECOND - 1);

        assertThat(setbacks.before(9 * SECOND, 9 * SECOND)).isEqualTo(new Setbacks.Sums(0, 0));
    }
}
