package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionTest {
    private static final long NOW = 0;

    private final StandInTarget a = new StandInTarget("a", "z1", 1);
    private final StandInTarget b = new StandInTarget("b", "z1", 1);
    private final StandInTarget c = new StandInTarget("c", "z2", 1);

    private static Plan plan(Target... targets) {
        return new Plan(List.of(new Tier("ca-c1", List.of(targets))));
    }

    private static @Nullable Target decide(Plan plan, Attempts attempts, int turn) {
        return Decision.decide(plan, attempts, NOW, new Draw().begin(turn, 0));
    }

    private static @Nullable Target first(Plan plan, int turn) {
        return decide(plan, new Attempts(), turn);
    }

    private static Attempts tried(Target... targets) {
        Attempts attempts = new Attempts();
        for (Target target : targets) {
            attempts.add(target);
        }
        return attempts;
    }

    @Test
    void turnsGoRound() {
        Plan plan = plan(a, b, c);
        assertThat(List.of(0, 1, 2, 3, 4)).extracting(turn -> first(plan, turn)).containsExactly(a, b, c, a, b);
    }

    @Test
    void theRunningNumberMayPassItsLargestValue() {
        Plan plan = plan(a, b, c);
        for (int turn = Integer.MAX_VALUE - 2, n = 0; n < 6; n++, turn++) {
            assertThat(first(plan, turn)).isNotNull();
        }
    }

    @Test
    void overOneRotationWeightsAreMetExactly() {
        Plan plan = plan(new StandInTarget("x", "z", 3), new StandInTarget("y", "z", 5), new StandInTarget("z", "z", 2));
        Map<String, Integer> counts = new HashMap<>();
        for (int turn = 0; turn < 10; turn++) {
            counts.merge(Objects.requireNonNull(first(plan, turn)).name(), 1, Integer::sum);
        }
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of("x", 3, "y", 5, "z", 2));
    }

    /** Turns are whole rotations and parts of two others: a target's count is within two rotations' turns of its share. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anyRunOfTurnsIsFair(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Target> targets = new ArrayList<>();
        int sum = 0;
        for (int i = 0, n = 2 + random.nextInt(8); i < n; i++) {
            int weight = 1 + random.nextInt(20);
            sum += weight;
            targets.add(new StandInTarget("w" + i, "z", weight));
        }
        Plan plan = new Plan(List.of(new Tier("ca-c1", targets)));
        int from = random.nextInt();
        int turns = 10_000;
        Map<Target, Integer> counts = new HashMap<>();
        for (int i = 0; i < turns; i++) {
            counts.merge(Objects.requireNonNull(first(plan, from + i)), 1, Integer::sum);
        }
        for (Target target : targets) {
            double share = (double) turns * target.weight() / sum;
            assertThat((double) counts.getOrDefault(target, 0)).isBetween(share - 2 * target.weight(), share + 2 * target.weight());
        }
    }

    @Test
    void aTargetThatRestsIsSkipped() {
        Plan plan = plan(a, b.rest(true), c);
        for (int turn = 0; turn < 6; turn++) {
            assertThat(first(plan, turn)).isNotSameAs(b);
        }
    }

    @Test
    void theLastTargetIsUsedEvenIfItRests() {
        assertThat(first(plan(a.rest(true)), 0)).isSameAs(a);
        assertThat(decide(plan(a, b.rest(true)), tried(a), 0)).isSameAs(b);
    }

    @Test
    void ofTargetsThatAllRestTheOneWhoseTurnItIsIsUsed() {
        Plan plan = plan(a.rest(true), b.rest(true), c.rest(true));
        assertThat(first(plan, 1)).isSameAs(b);
        assertThat(first(plan, 2)).isSameAs(c);
    }

    @Test
    void whatWasTriedIsNeverTriedAgain() {
        Plan plan = plan(a, b, c);
        Attempts attempts = new Attempts();
        Set<Target> seen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Target next = Objects.requireNonNull(decide(plan, attempts, 7));
            assertThat(seen.add(next)).isTrue();
            attempts.add(next);
        }
        assertThat(decide(plan, attempts, 7)).isNull();
    }

    @Test
    void fromTheSecondAttemptAnotherZoneIsPreferred() {
        for (int turn = 0; turn < 6; turn++) {
            assertThat(decide(plan(a, b, c), tried(a), turn)).isSameAs(c);
        }
    }

    @Test
    void theSameZoneIsBetterThanNone() {
        assertThat(decide(plan(a, b), tried(a), 0)).isSameAs(b);
        assertThat(decide(plan(a, b, c.rest(true)), tried(a), 0)).as("and better than one that rests").isSameAs(b);
    }

    @Test
    void aTargetOfWeightZeroIsNeverChosen() {
        StandInTarget none = new StandInTarget("none", "z9", 0);
        Plan plan = plan(a, none);
        assertThat(first(plan, 0)).isSameAs(a);
        assertThat(first(plan, 1)).isSameAs(a);
        assertThat(decide(plan, tried(a), 0)).isNull();
    }

    @Test
    void aPlanWithoutTargetsDecidesNothing() {
        assertThat(first(new Plan(List.of()), 3)).isNull();
        assertThat(first(plan(), 3)).isNull();
    }

    @Test
    void aTierWithoutWeightIsPassedOver() {
        Tier empty = new Tier("ca-c1", List.of(new StandInTarget("none", "z", 0)));
        assertThat(first(new Plan(List.of(empty, new Tier("us-e1", List.of(a)))), 0)).isSameAs(a);
    }

    @Test
    void theSameQuestionGetsTheSameAnswer() {
        Plan plan = plan(a, b, c);
        for (int turn = 0; turn < 9; turn++) {
            assertThat(first(plan, turn)).isSameAs(first(plan, turn));
        }
    }

    /** The rules hold whatever the policy, and nothing but the arguments has a say: random plans, loads, attempts and draws. */
    @ParameterizedTest
    @EnumSource
    void everyPolicyKeepsTheRulesAndGivesTheSameAnswerAgain(Balance balance) {
        for (int seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<StandInTarget> targets = new ArrayList<>();
            for (int i = 0, n = 1 + random.nextInt(8); i < n; i++) {
                Latency latency = new Latency(1, 0);
                latency.answered(0, random.nextLong(50_000_000));
                latency.sum(Latency.TICK);
                StandInTarget target = new StandInTarget("w" + i, "z" + random.nextInt(3), random.nextInt(4), latency);
                random.ints(random.nextInt(5)).forEach(ignored -> target.begin());
                targets.add(target.rest(random.nextInt(3) == 0));
            }
            Plan plan = new Plan(List.of(new Tier("ca-c1", targets, balance)));
            Affinity affinity = new Affinity("orders");
            Draw draw = new Draw().begin(random.nextInt(), random.nextLong()).hashedBy(random.nextLong());
            Target marked = random.nextBoolean() ? targets.getFirst() : null;
            if (marked != null) {
                draw.backTo(affinity, affinity.mark(marked));
            }
            Attempts attempts = new Attempts();
            while (attempts.count() < Attempts.MOST) {
                Target target = Decision.decide(plan, attempts, NOW, draw);
                assertThat(Decision.decide(plan, attempts, NOW, draw)).isSameAs(target);
                List<StandInTarget> left =
                        targets.stream().filter(it -> it.weight() > 0 && !attempts.contains(it)).toList();
                if (target == null) {
                    assertThat(left).isEmpty();
                    break;
                }
                assertKeepsTheRules(target, left, attempts.last(), marked);
                attempts.add(target);
            }
        }
    }

    private static void assertKeepsTheRules(Target picked, List<StandInTarget> left, @Nullable Target last, @Nullable Target marked) {
        assertThat(left).contains((StandInTarget) picked);
        List<StandInTarget> ready = left.stream().filter(it -> it.connectable(NOW)).toList();
        if (marked != null && ready.contains((StandInTarget) marked)) {
            assertThat(picked).isSameAs(marked);
        } else if (!ready.isEmpty()) {
            assertThat(ready).contains((StandInTarget) picked);
            if (last != null && ready.stream().anyMatch(it -> !it.zone().equals(last.zone()))) {
                assertThat(picked.zone()).isNotEqualTo(last.zone());
            }
        }
    }

    @Test
    void aTargetCountsWhatIsUnderWayAtIt() {
        a.begin();
        a.begin();
        a.finish();
        assertThat(a.inFlight()).isOne();
        assertThat(a).hasToString("a");
    }
}
