package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {
    private final List<Target> targets = new ArrayList<>();

    private Rotation rotation(int... weights) {
        for (int i = 0; i < weights.length; i++) {
            targets.add(new StandInTarget("w" + i, "a", weights[i]));
        }
        return new Rotation(targets);
    }

    private static String order(Rotation rotation) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < rotation.length(); i++) {
            out.append(rotation.at(i).name().charAt(1));
        }
        return out.toString();
    }

    private static Map<Target, Integer> counts(Rotation rotation) {
        Map<Target, Integer> counts = new HashMap<>();
        for (int i = 0; i < rotation.length(); i++) {
            counts.merge(rotation.at(i), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void equalWeightsMakeARotationOfOneTurnEach() {
        assertThat(order(rotation(7, 7, 7))).isEqualTo("012");
    }

    @Test
    void weightsAreReducedByTheirGreatestCommonDivisor() {
        assertThat(rotation(100, 200, 50).length()).isEqualTo(7);
    }

    @Test
    void aHeavyTargetIsSpreadOutAndNotServedInARow() {
        assertThat(order(rotation(5, 1, 1))).isEqualTo("0100020");
    }

    @Test
    void aTargetOfWeightZeroHasNoTurn() {
        assertThat(order(rotation(0, 2, 0, 1))).isEqualTo("131");
    }

    @Test
    void withoutAnyWeightThereIsNoRotation() {
        assertThat(rotation(0, 0).length()).isZero();
        assertThat(rotation().length()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void overOneRotationEveryTargetGetsExactlyItsShare(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] weights = random.ints(1 + random.nextInt(12), 0, 257).toArray();
        weights[0] = 1;
        long sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        Rotation rotation = rotation(weights);
        Map<Target, Integer> counts = counts(rotation);
        for (Target target : targets) {
            assertThat((long) counts.getOrDefault(target, 0) * sum).isEqualTo((long) target.weight() * rotation.length());
        }
    }

    /**
     * A prefix that ends with a bucket, b of N, holds of each target with n turns those at less than b/N of the way round: n·b/N of them but
     * for less than 1. So it has b turns but for less than the number of targets, t. Within a bucket a target stands once at most. Together,
     * of T turns it was served n·T/N but for less than 1 + n(t + 1)/N.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void atNoPointOfTheRotationIsATargetFarFromItsShare(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] weights = random.ints(2 + random.nextInt(40), 1, 257).toArray();
        Rotation rotation = rotation(weights);
        Map<Target, Integer> whole = counts(rotation);
        Map<Target, Integer> soFar = new HashMap<>();
        for (int turn = 0; turn < rotation.length(); turn++) {
            soFar.merge(rotation.at(turn), 1, Integer::sum);
            for (Target target : targets) {
                double share = (double) (turn + 1) * whole.getOrDefault(target, 0) / rotation.length();
                double most = 1 + whole.getOrDefault(target, 0) * (weights.length + 1.0) / rotation.length();
                assertThat(soFar.getOrDefault(target, 0) - share).isBetween(-most, most);
            }
        }
    }

    /** Scaling rounds every turn count by at most a half, or up to one turn: with n targets a share moves by less than (n + 1) / 4096. */
    @Test
    void aLongRotationIsScaledDownAndKeepsTheSharesWithinItsBound() {
        // five targets: 4096 is more than eight for each
        int[] weights = {100_003, 1, 70_001, 33, 50_021};
        Rotation rotation = rotation(weights);
        assertThat(rotation.length()).isBetween(4096 - weights.length, 4096 + weights.length);
        double sum = 100_003 + 1 + 70_001 + 33 + 50_021;
        Map<Target, Integer> counts = counts(rotation);
        for (Target target : targets) {
            double share = (double) counts.getOrDefault(target, 0) / rotation.length();
            assertThat(Math.abs(share - target.weight() / sum)).isLessThan((weights.length + 1) / 4096.0);
            assertThat(counts.getOrDefault(target, 0)).isPositive();
        }
    }

    /** There are eight turns for each target, so that weights keep their meaning among thousands. */
    @Test
    void inALargePoolEveryTargetGetsExactlyItsShare() {
        int[] weights = new int[10_000];
        java.util.Arrays.setAll(weights, i -> 1 + i % 3);
        Rotation rotation = rotation(weights);
        Map<Target, Integer> counts = counts(rotation);
        assertThat(targets).allSatisfy(target -> assertThat(counts.getOrDefault(target, 0)).isEqualTo(target.weight()));
    }
}
