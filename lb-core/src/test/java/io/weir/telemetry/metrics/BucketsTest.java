package io.weir.telemetry.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketsTest {
    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "100, 0", "101, 1", "150, 1", "151, 2", "200, 2", "201, 3", "1000, 7", "1200, 7", "1201, 8"})
    void aBoundBelongsToTheBucketBelowIt(long micros, int bucket) {
        assertThat(Buckets.of(micros)).isEqualTo(bucket);
    }

    @Test
    void everyDurationIsAtMostItsBoundAndAboveTheOneBefore() {
        Random random = new Random(20_261_127);
        for (int i = 0; i < 100_000; i++) {
            long micros = random.nextLong(1, 1L << random.nextInt(1, 38));
            int bucket = Buckets.of(micros);
            if (bucket < Buckets.COUNT) {
                assertThat(micros).isLessThanOrEqualTo(Buckets.boundMicros(bucket));
            }
            if (bucket > 0) {
                assertThat(micros).isGreaterThan(Buckets.boundMicros(bucket - 1));
            }
        }
    }

    @Test
    void theLastOneTakesTheRest() {
        assertThat(Buckets.of(Buckets.boundMicros(Buckets.COUNT - 1))).isEqualTo(Buckets.COUNT - 1);
        assertThat(Buckets.of(Buckets.boundMicros(Buckets.COUNT - 1) + 1)).isEqualTo(Buckets.COUNT);
        assertThat(Buckets.of(Long.MAX_VALUE)).isEqualTo(Buckets.COUNT);
    }

    @Test
    void boundsRise() {
        assertThat(Buckets.bounds()).isSorted().doesNotHaveDuplicates().hasSize(Buckets.COUNT + 1).endsWith(Double.POSITIVE_INFINITY);
        assertThat(Buckets.bounds()[0]).isEqualTo(0.0001);
    }
}
