package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tier serves a request, and which one when that can't. */
class DecisionTiersTest {
    private static final int REQUESTS = 100_000;

    /** √(N·ln(2·10⁹)/2): by Hoeffding a count of N independent requests is off by more once in a thousand million runs. */
    private static final double CHANCE = Math.sqrt(REQUESTS * Math.log(2e9) / 2);

    private final SplittableRandom random = new SplittableRandom(11);

    private static List<StandInTarget> workers(String tier, int n) {
        return IntStream.range(0, n).mapToObj(i -> new StandInTarget(tier + i, tier + "-z" + i % 2, 1)).toList();
    }

    private static Tier tier(List<StandInTarget> workers) {
        return new Tier(tierOf(workers.getFirst()), workers);
    }

    private static Tier inPanic(List<StandInTarget> workers) {
        return new Tier(tierOf(workers.getFirst()), workers, Balance.ROUND_ROBIN, true, List.of());
    }

    private static String tierOf(Target target) {
        return target.name().substring(0, 1);
    }

    private static List<Line> shares(double... shares) {
        return java.util.Arrays.stream(shares).mapToObj(Line::constant).toList();
    }

    private Target first(Plan plan, long now) {
        return Objects.requireNonNull(
                Decision.decide(plan, new Attempts(), now, new Draw().begin(random.nextInt(), random.nextLong())));
    }

    /** Which tiers the attempts of a request go to. */
    private String path(Plan plan) {
        Draw draw = new Draw().begin(random.nextInt(), random.nextLong());
        Attempts attempts = new Attempts();
        StringBuilder path = new StringBuilder();
        Target next = Decision.decide(plan, attempts, 0, draw);
        while (next != null) {
            path.append(tierOf(next));
            attempts.add(next);
            next = attempts.count() == Attempts.MOST ? null : Decision.decide(plan, attempts, 0, draw);
        }
        return path.toString();
    }

    private Map<String, Integer> counts(Plan plan, long now) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < REQUESTS; i++) {
            counts.merge(tierOf(first(plan, now)), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void tiersGetTheirShares() {
        Plan plan = new Plan(List.of(tier(workers("a", 3)), tier(workers("b", 2)), tier(workers("c", 1))), shares(0.7, 0, 0.3));
        Map<String, Integer> counts = counts(plan, 0);
        assertThat(counts).doesNotContainKey("b");
        assertThat((double) counts.getOrDefault("a", 0)).isBetween(0.7 * REQUESTS - CHANCE, 0.7 * REQUESTS + CHANCE);
    }

    @ParameterizedTest
    @ValueSource(longs = {-5, 0, 25, 50, 90, 100, 1000})
    void aShareThatMovesIsTheOneOfTheMoment(long now) {
        List<Line> lines = List.of(new Line(0.2, 1, 0, 100), new Line(0.8, 0, 0, 100));
        Plan plan = new Plan(List.of(tier(workers("a", 3)), tier(workers("b", 2))), lines);
        double share = 0.2 + 0.8 * Math.clamp(now / 100.0, 0, 1);
        assertThat((double) counts(plan, now).getOrDefault("a", 0)).isBetween(share * REQUESTS - CHANCE, share * REQUESTS + CHANCE);
    }

    /** The luck that chooses the tier says nothing of the target: each gets its tier's share by its weight, whatever the policy. */
    @ParameterizedTest
    @EnumSource
    void withinATierThatTakesAPartTargetsAreServedByWeight(Balance balance) {
        List<StandInTarget> targets = List.of(new StandInTarget("a0", "z", 1), new StandInTarget("a1", "z", 2), new StandInTarget("a2", "z", 3));
        Plan plan = new Plan(List.of(new Tier("a", targets, balance), tier(workers("b", 1))), shares(0.3, 0.7));
        Map<Target, Integer> counts = new HashMap<>();
        for (int turn = 0; turn < REQUESTS; turn++) {
            Draw draw = new Draw().begin(turn, random.nextLong());
            counts.merge(Objects.requireNonNull(Decision.decide(plan, new Attempts(), 0, draw)), 1, Integer::sum);
        }
        for (Target target : targets) {
            double share = REQUESTS * 0.3 * target.weight() / 6;
            assertThat((double) counts.getOrDefault(target, 0)).isBetween(share - CHANCE, share + CHANCE);
        }
    }

    @Test
    void aTierThatTakesAllNeedsNoLuck() {
        Plan plan = new Plan(List.of(tier(workers("a", 3)), tier(workers("b", 2))));
        assertThat(counts(plan, 0)).containsOnlyKeys("a");
    }

    @Test
    void aRequestStaysInItsTierForItsFirstAttempts() {
        Plan plan = new Plan(List.of(tier(workers("a", 8)), tier(workers("b", 8))), shares(0.5, 0.5));
        for (int i = 0; i < 100; i++) {
            assertThat(path(plan)).isIn("aaabb", "bbbaa");
        }
    }

    /** Nobody rests yet, since the region has only just gone: with six that refuse, five attempts would all be spent on it. */
    @Test
    void aRequestThatARegionRefusesThriceGoesToTheNextRegion() {
        assertThat(path(new Plan(List.of(tier(workers("a", 6)), tier(workers("b", 2)))))).isEqualTo("aaabb");
    }

    @Test
    void aRequestIsNotSentIntoPanicWhileItsTierHasSomebodyReady() {
        assertThat(path(new Plan(List.of(tier(workers("a", 6)), inPanic(workers("b", 2)))))).isEqualTo("aaaaa");
        assertThat(path(new Plan(List.of(tier(workers("a", 1)), inPanic(workers("b", 2)))))).isEqualTo("abb");
    }

    @Test
    void aRegionWhoseWorkersAllRestFailsNoRequestThatAnotherCanServe() {
        List<StandInTarget> lost = workers("a", 3);
        lost.forEach(worker -> worker.rest(true));
        assertThat(path(new Plan(List.of(tier(lost), tier(workers("b", 2)))))).as("those that rest come last").isEqualTo("bbaaa");
    }

    @Test
    void otherTiersAreAskedByTheirStanding() {
        // e is chosen, for it is the only one that takes a share but d, which takes next to nothing
        Plan plan = new Plan(
                List.of(inPanic(workers("a", 1)), tier(workers("b", 1)), tier(workers("d", 1)), tier(workers("e", 1)), tier(workers("f", 1))),
                shares(0, 0, 1e-18, 1, 0));
        assertThat(IntStream.range(0, 5).mapToObj(i -> plan.standing(i, 0)))
                .containsExactly(Standing.PANIC, Standing.HELD_BACK, Standing.SERVING, Standing.SERVING, Standing.STANDBY);
        assertThat(path(plan)).isEqualTo("edfba");
    }

    @Test
    void aPlanWithoutSharesIsServedByWhoeverIsInIt() {
        assertThat(path(new Plan(List.of(inPanic(workers("a", 1)), tier(workers("b", 2))), shares(0, 0)))).isEqualTo("bba");
    }

    @Test
    void aMarkIsFollowedIntoAnyTierThatTakesAShare() {
        List<StandInTarget> other = workers("b", 2);
        Affinity affinity = new Affinity("orders");
        Draw draw = new Draw().begin(0, 4).backTo(affinity, affinity.mark(other.getLast()));
        List<Tier> tiers = List.of(tier(workers("a", 2)), tier(other));
        assertThat(Decision.decide(new Plan(tiers, shares(0.99, 0.01)), new Attempts(), 0, draw)).isSameAs(other.getLast());
        Target picked = Objects.requireNonNull(Decision.decide(new Plan(tiers, shares(1, 0)), new Attempts(), 0, draw));
        assertThat(tierOf(picked)).as("its tier has lost its traffic").isEqualTo("a");
    }

    /**
     * A zone that rests, listed together as pools are: what it would have got goes to all the others alike, not to the first one behind it.
     * Lots miss all once in 256 times, and only these go to the next in order, which is so few that it is within the bound.
     */
    @ParameterizedTest
    @EnumSource
    void whatFallsToAZoneThatRestsIsSharedByAllOthers(Balance balance) {
        List<StandInTarget> targets = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            targets.add(new StandInTarget("w" + i, i < 4 ? "z1" : "z2", 1).rest(i < 4));
        }
        Plan plan = new Plan(List.of(new Tier("a", targets, balance)));
        Map<Target, Integer> counts = new HashMap<>();
        for (int turn = 0; turn < REQUESTS; turn++) {
            Draw draw = new Draw().begin(turn, random.nextLong());
            counts.merge(Objects.requireNonNull(Decision.decide(plan, new Attempts(), 0, draw)), 1, Integer::sum);
        }
        double most = CHANCE + REQUESTS / 256.0;
        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allSatisfy(count -> assertThat((double) count).isBetween(REQUESTS / 4.0 - most, REQUESTS / 4.0 + most));
    }

    @Test
    void sharesAreAsManyAsTiers() {
        assertThatThrownBy(() -> new Plan(List.of(tier(workers("a", 1))), shares(0.5, 0.5))).hasMessage("1 tiers have 2 shares");
    }
}
