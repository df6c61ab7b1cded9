package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every policy gives each target its share: by weight while they are idle, by load while they are busy. */
class FairShareTest {
    private static final int REQUESTS = 100_000;

    private static List<StandInTarget> targets(int... weights) {
        List<StandInTarget> targets = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            Latency latency = new Latency(1, 0);
            latency.answered(0, 5_000_000);
            latency.sum(Latency.TICK);
            targets.add(new StandInTarget("10.0.0." + i + ":9000", "a", weights[i], latency));
        }
        return targets;
    }

    private static Target pick(Plan plan, int turn, SplittableRandom random) {
        Draw draw = new Draw().begin(turn, random.nextLong()).hashedBy(random.nextLong());
        return Objects.requireNonNull(Decision.decide(plan, new Attempts(), 0, draw));
    }

    /**
     * Idle targets that answer alike are told apart by nothing, so each request goes to target i with the probability p of its share:
     * round-robin's turns are exact, the first of two choices keeps what is drawn by weight, and the least of n numbers −ln u / w is number i's
     * with probability w/Σw. By Hoeffding a count of N independent requests is off by more than t with probability below 2·exp(−2t²/N);
     * t = √(N·ln(2·10⁹)/2) leaves one run in a thousand million.
     */
    @ParameterizedTest
    @EnumSource
    void idleTargetsAreServedByWeight(Balance balance) {
        for (int[] weights : new int[][] {{1, 1, 1, 1}, {3, 1}, {5, 0, 1, 2, 40}, {1}}) {
            List<StandInTarget> targets = targets(weights);
            Plan plan = new Plan(List.of(new Tier("ca-c1", targets, balance)));
            SplittableRandom random = new SplittableRandom(42);
            Map<Target, Integer> counts = new HashMap<>();
            for (int turn = 0; turn < REQUESTS; turn++) {
                counts.merge(pick(plan, turn, random), 1, Integer::sum);
            }
            double sum = targets.stream().mapToInt(Target::weight).sum();
            double most = Math.sqrt(REQUESTS * Math.log(2e9) / 2);
            for (Target target : targets) {
                double share = REQUESTS * target.weight() / sum;
                assertThat((double) counts.getOrDefault(target, 0)).as(balance + " " + target).isBetween(share - most, share + most);
                if (target.weight() == 0) {
                    assertThat(counts).doesNotContainKey(target);
                }
            }
        }
    }

    /**
     * 10,000 exchanges that stay at 100 targets. With two choices the fullest of n has at most log₂ ln n + O(1) = 2.2 + O(1) above the mean
     * (Berenbrink and others, Balanced Allocations: The Heavily Loaded Case, 2000); 4 is allowed for the constant. By chance alone it would be
     * some 25 above. Peak-EWMA, with its margin of 1.25, takes the first while its load is at most 1.25 times the second's, so that the
     * fullest may be 1.25 times as full as what it is compared with: 125 + 6.
     */
    @ParameterizedTest
    @CsvSource({"LEAST_REQUEST, 107", "PEAK_EWMA, 131"})
    void ofManyBusyTargetsNoneIsFarAboveTheMean(Balance balance, int most) {
        int[] weights = new int[100];
        java.util.Arrays.fill(weights, 1);
        List<StandInTarget> targets = targets(weights);
        Plan plan = new Plan(List.of(new Tier("ca-c1", targets, balance)));
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            pick(plan, i, random).begin();
        }
        assertThat(targets).allSatisfy(target -> assertThat(target.inFlight()).isLessThanOrEqualTo(most));
    }

    /** Loads for each unit of weight settle around each other within one request of the lightest, which is 1 for weight 1, and one of chance. */
    @Test
    void busyTargetsAreFilledByWeight() {
        List<StandInTarget> targets = targets(4, 2, 1);
        Plan plan = new Plan(List.of(new Tier("ca-c1", targets, Balance.LEAST_REQUEST)));
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 7_000; i++) {
            pick(plan, i, random).begin();
        }
        assertThat(targets)
                .allSatisfy(target -> assertThat((double) target.inFlight() / target.weight()).isBetween(998.0, 1002.0));
    }
}
