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

/** Targets that have become well get their part. */
class WarmingTest {
    private static final int REQUESTS = 100_000;

    /** √(N·ln(2·10⁹)/2): by Hoeffding a count of N independent requests is off by more once in a thousand million runs. */
    private static final double CHANCE = Math.sqrt(REQUESTS * Math.log(2e9) / 2);

    private final SplittableRandom random = new SplittableRandom(17);

    private static List<StandInTarget> targets(int... weights) {
        List<StandInTarget> targets = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            targets.add(new StandInTarget("10.0.0." + i + ":9000", "a", weights[i], Latency.recorded(5_000_000)));
        }
        return targets;
    }

    private static Plan plan(List<StandInTarget> targets, Balance balance, Warming... warming) {
        return new Plan(List.of(new Tier("ca-c1", targets, balance, false, List.of(warming))));
    }

    private Target pick(Plan plan, int turn, long now) {
        return Objects.requireNonNull(Decision.decide(plan, new Attempts(), now, new Draw().begin(turn, random.nextLong())));
    }

    private Map<Target, Integer> counts(Plan plan, long now) {
        Map<Target, Integer> counts = new HashMap<>();
        for (int turn = 0; turn < REQUESTS; turn++) {
            counts.merge(pick(plan, turn, now), 1, Integer::sum);
        }
        return counts;
    }

    private static void assertShare(Map<Target, Integer> counts, Target target, double share) {
        assertThat((double) counts.getOrDefault(target, 0))
                .as(target.name())
                .isBetween(share * REQUESTS - CHANCE, share * REQUESTS + CHANCE);
    }

    /** While targets are idle: the part of its share, and what is left goes to the others by weight. */
    @ParameterizedTest
    @EnumSource
    void aTargetGetsThePartOfItsShareAndTheOthersTheRest(Balance balance) {
        List<StandInTarget> targets = targets(2, 1, 1, 2);
        Plan plan = plan(targets, balance, new Warming(targets.getFirst(), new Line(0.1, 1, 0, 100)));
        for (long now : new long[] {0, 50, 100}) {
            double own = (0.1 + 0.9 * now / 100) * 2 / 6;
            Map<Target, Integer> counts = counts(plan, now);
            assertShare(counts, targets.getFirst(), own);
            for (StandInTarget other : targets.subList(1, 4)) {
                assertShare(counts, other, (1 - own) * other.weight() / 4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalEachGetTheirPart(Balance balance) {
        List<StandInTarget> targets = targets(1, 1, 1, 1);
        Plan plan = plan(
                targets,
                balance,
                new Warming(targets.get(0), Line.constant(0.2)),
                new Warming(targets.get(2), Line.constant(0.6)));
        Map<Target, Integer> counts = counts(plan, 0);
        assertShare(counts, targets.get(0), 0.05);
        assertShare(counts, targets.get(2), 0.15);
        assertShare(counts, targets.get(1), 0.4);
        assertShare(counts, targets.get(3), 0.4);
    }

    /**
     * Of exchanges that stay, it has its part of what the others have, since its cost counts by its part; else the emptier one would win every
     * comparison and get twice its part. Two choices keep the loads by weight within some 2 of each other (see {@link FairShareTest}), and
     * peak-ewma's margin lets them differ by 1.25: 30 % is beyond both.
     */
    @ParameterizedTest
    @CsvSource({"LEAST_REQUEST, 0.1", "LEAST_REQUEST, 0.5", "LEAST_REQUEST, 0.8", "PEAK_EWMA, 0.5"})
    void aBusyTierFillsItByItsPart(Balance balance, double part) {
        List<StandInTarget> targets = targets(1, 1, 1, 1, 1);
        Plan plan = plan(targets, balance, new Warming(targets.getFirst(), Line.constant(part)));
        for (int i = 0; i < 20_000; i++) {
            pick(plan, i, 0).begin();
        }
        double others = targets.subList(1, 5).stream().mapToInt(Target::inFlight).average().orElseThrow();
        assertThat(targets.getFirst().inFlight() / others).isBetween(part * 0.7, part * 1.3);
    }

    /** A key stays where it is from one request to the next, and goes to the target for good once its part has grown enough. */
    @Test
    void keysComeBackOneByOneAndStay() {
        List<StandInTarget> targets = targets(1, 1, 1);
        Target warming = targets.getFirst();
        Plan plan = plan(targets, Balance.HASH, new Warming(warming, new Line(0, 1, 0, 100)));
        Plan warm = plan(targets, Balance.HASH);
        for (long key = 1; key <= 2000; key++) {
            Target before = null;
            for (int now = 0; now <= 100; now += 5) {
                Draw draw = new Draw().begin(now, random.nextLong()).hashedBy(key);
                Target picked = Objects.requireNonNull(Decision.decide(plan, new Attempts(), now, draw));
                assertThat(before == null || picked.equals(before) || picked.equals(warming)).isTrue();
                before = picked;
            }
            Draw draw = new Draw().begin(0, 0).hashedBy(key);
            assertThat(before).isSameAs(Decision.decide(warm, new Attempts(), 0, draw));
        }
    }

    @Test
    void oneThatWarmsUpServesWhenNobodyElseCan() {
        List<StandInTarget> targets = targets(1, 1);
        Plan plan = plan(targets, Balance.ROUND_ROBIN, new Warming(targets.getFirst(), Line.constant(0)));
        assertThat(pick(plan, 0, 0)).isSameAs(targets.getLast());
        targets.getLast().rest(true);
        assertThat(pick(plan, 0, 0)).isSameAs(targets.getFirst());
        assertThat(pick(plan, 1, 0)).isSameAs(targets.getFirst());
    }

    @Test
    void whereAllWarmUpTheyAreServedByWeight() {
        List<StandInTarget> targets = targets(1, 3);
        Plan plan = plan(
                targets,
                Balance.ROUND_ROBIN,
                new Warming(targets.get(0), Line.constant(0.1)),
                new Warming(targets.get(1), Line.constant(0.9)));
        Map<Target, Integer> counts = counts(plan, 0);
        assertShare(counts, targets.get(0), 0.25);
        assertShare(counts, targets.get(1), 0.75);
    }
}
