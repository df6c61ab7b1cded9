package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecondsTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    private final Seconds seconds = new Seconds();

    @Test
    void whatComesWithinASecondAddsUp() {
        seconds.add(5 * SECOND, 3, 1);
        seconds.add(5 * SECOND + 999 * MS, 4, 0);
        seconds.add(6 * SECOND, 10, 10);
        assertThat(seconds.requests(5)).isEqualTo(7);
        assertThat(seconds.bad(5)).isOne();
        assertThat(seconds.requests(6)).isEqualTo(10);
        assertThat(seconds.requests(4)).isZero();
        assertThat(seconds.requests(7)).as("yet to come").isZero();
    }

    @Test
    void tenWholeSecondsAreRememberedBesideTheOneThatRuns() {
        for (int i = 0; i < 20; i++) {
            seconds.add(i * SECOND, 1, 0);
        }
        assertThat(seconds.requests(9)).isOne();
        assertThat(seconds.requests(8)).isZero();
    }

    @Test
    void secondsWithoutRequestsAreEmpty() {
        seconds.add(0, 5, 5);
        seconds.add(3 * SECOND, 1, 0);
        assertThat(seconds.requests(0)).isEqualTo(5);
        assertThat(seconds.requests(1) + seconds.requests(2)).isZero();
        seconds.add(3_600 * SECOND, 1, 0);
        assertThat(seconds.requestsOfLast(Seconds.KEPT, 3_600 * SECOND)).isOne();
    }

    @Test
    void theLastOnesCountBackFromTheTimeThatIsAskedFor() {
        seconds.add(10 * SECOND, 1, 1);
        seconds.add(11 * SECOND, 10, 2);
        assertThat(seconds.requestsOfLast(1, 11 * SECOND + 1)).isEqualTo(10);
        assertThat(seconds.requestsOfLast(2, 11 * SECOND + 1)).isEqualTo(11);
        assertThat(seconds.badOfLast(2, 11 * SECOND + 1)).isEqualTo(3);
        assertThat(seconds.requestsOfLast(2, 12 * SECOND)).as("nothing came since").isEqualTo(10);
        assertThat(seconds.requestsOfLast(Seconds.KEPT, 30 * SECOND)).isZero();
    }

    /** The clock's zero is anywhere: System.nanoTime may be negative. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE / 4, -5_500 * MS, 0, Long.MAX_VALUE / 4})
    void theyAgreeWithASimpleCountOfEverything(long start) {
        SplittableRandom random = new SplittableRandom(start);
        java.util.Map<Long, Integer> all = new java.util.HashMap<>();
        long now = start;
        for (int i = 0; i < 2_000; i++) {
            now += random.nextLong(random.nextInt(20) == 0 ? 15 * SECOND : 300 * MS);
            int n = 1 + random.nextInt(5);
            seconds.add(now, n, 0);
            all.merge(Seconds.of(now), n, Integer::sum);
            for (long second = Seconds.of(now) - Seconds.KEPT; second <= Seconds.of(now); second++) {
                assertThat(seconds.requests(second)).isEqualTo(all.getOrDefault(second, 0));
            }
        }
    }
}
