package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsistentHashTest {
    private static final int KEYS = 20_000;

    private static List<Target> targets(int... weights) {
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            targets.add(new StandInTarget("10.0.0." + i + ":9000", "a", weights[i]));
        }
        return targets;
    }

    private static Plan plan(List<Target> targets) {
        return new Plan(List.of(new Tier("ca-c1", targets, Balance.HASH)));
    }

    private static Target pick(Plan plan, long key) {
        return Objects.requireNonNull(Decision.decide(plan, new Attempts(), 0, new Draw().begin(0, 5).hashedBy(key)));
    }

    private static long key(int i) {
        return Fingerprint.of("client " + i);
    }

    @Test
    void aKeyKeepsItsTargetWhateverTheTurnAndTheLuck() {
        Plan plan = plan(targets(1, 1, 1));
        Target first = pick(plan, 9);
        for (int i = 0; i < 100; i++) {
            Draw draw = new Draw().begin(i, i * 31L).hashedBy(9);
            assertThat(Decision.decide(plan, new Attempts(), 0, draw)).isSameAs(first);
        }
    }

    @Test
    void theOrderOfTheTargetsDoesNotMatter() {
        List<Target> targets = targets(1, 3, 2, 1);
        Plan plan = plan(targets);
        Plan turned = plan(targets.reversed());
        for (int i = 0; i < 1000; i++) {
            assertThat(pick(turned, key(i))).isSameAs(pick(plan, key(i)));
        }
    }

    /**
     * Only keys of the target that leaves move, and no other: exactly. Those that move are its share, w/Σw of N keys, within Hoeffding's
     * √(N·ln(2·10⁹)/2) of it. Seen the other way, the same holds for a target that joins.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void whenATargetLeavesOrJoinsOnlyItsOwnShareMoves(int which) {
        List<Target> all = targets(1, 1, 4, 2, 2);
        Target gone = all.get(which);
        List<Target> rest = new ArrayList<>(all);
        rest.remove(gone);
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            Target with = pick(plan(all), key(i));
            Target without = pick(plan(rest), key(i));
            if (with.equals(gone)) {
                moved++;
            } else {
                assertThat(without).isSameAs(with);
            }
        }
        assertThat((double) moved)
                .isLessThanOrEqualTo(KEYS * gone.weight() / 10.0 + Math.sqrt(KEYS * Math.log(2e9) / 2));
    }

    /** Targets of one weight are compared by hash, others by its logarithm: it is the same order, so that no key moves between the two. */
    @Test
    void aTargetOfAnotherWeightMovesNoKeyBetweenTheRest() {
        List<Target> equal = targets(1, 1, 1);
        List<Target> joined = new ArrayList<>(equal);
        joined.add(new StandInTarget("new", "a", 2));
        for (int i = 0; i < KEYS; i++) {
            Target now = pick(plan(joined), key(i));
            if (!now.name().equals("new")) {
                assertThat(now).isSameAs(pick(plan(equal), key(i)));
            }
        }
    }

    /** The order's definition, by a logarithm for every target: what a pick leaves out to be quick changes no pick. */
    @Test
    void theFirstIsTheOneWithTheLeastLogarithmByWeight() {
        List<Target> targets = targets(1, 7, 100, 3, 3, 12, 1, 40, 2, 5);
        Plan plan = plan(targets);
        for (int i = 0; i < KEYS; i++) {
            long key = key(i);
            Target first = targets.stream().min(Comparator.comparingDouble(target -> distance(key, target))).orElseThrow();
            assertThat(pick(plan, key)).isSameAs(first);
        }
    }

    private static double distance(long key, Target target) {
        double u = ((Fingerprint.mix(key ^ target.fingerprint()) >>> 11) + 0.5) * 0x1p-53;
        return -Math.log(u) / target.weight();
    }

    /** Whatever the keys, be it one for all, no target gets above ⌈1.25 × its share of the load⌉: somebody is always at or below the mean. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000})
    void noTargetGetsMoreThanItsShareTimesTheBound(int keys) {
        List<Target> targets = targets(1, 2, 3, 1, 1);
        Plan plan = plan(targets);
        SplittableRandom random = new SplittableRandom(3);
        List<Target> open = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Target picked = pick(plan, key(random.nextInt(keys)));
            picked.begin();
            open.add(picked);
            double most = Math.ceil(1.25 * open.size() * picked.weight() / 8);
            assertThat((double) picked.inFlight()).isLessThanOrEqualTo(most);
            if (random.nextInt(3) == 0) {
                open.remove(random.nextInt(open.size())).finish();
            }
        }
    }

    @Test
    void aKeyThatWentElsewhereComesBackWhenThereIsRoom() {
        Plan plan = plan(targets(1, 1, 1, 1));
        Target home = pick(plan, 9);
        home.begin();
        home.begin();
        Target other = pick(plan, 9);
        assertThat(other).isNotSameAs(home);
        assertThat(pick(plan, 9)).as("and always to the same one").isSameAs(other);
        home.finish();
        home.finish();
        assertThat(pick(plan, 9)).isSameAs(home);
    }

    @Test
    void requestsWithoutKeyGoByChance() {
        Plan plan = plan(targets(1, 1, 1, 1));
        SplittableRandom random = new SplittableRandom(1);
        assertThat(java.util.stream.Stream.generate(() -> Decision.decide(plan, new Attempts(), 0, new Draw().begin(0, random.nextLong())))
                        .limit(100)
                        .distinct())
                .hasSize(4);
    }
}
