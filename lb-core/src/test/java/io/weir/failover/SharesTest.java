package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharesTest {
    private static final Offset<Double> EXACTLY = within(1e-9);

    private static TierSpec alone() {
        return new TierSpec("t", "t", List.of(), 1, TierSpec.ALONE);
    }

    private static TierSpec beside(int weight) {
        return new TierSpec("t", "t", List.of(), weight, 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0.75, 1", "0.714286, 1", "0.5, 0.7", "0.25, 0.35", "0, 0"})
    void aTierCarriesItsWholeLoadUntilMoreThanTwoOfSevenAreLost(double health, double capacity) {
        assertThat(Shares.capacity(health)).isCloseTo(capacity, within(1e-6));
    }

    @Test
    void eachTakesWhatItHasRoomForOfWhatThoseBeforeItLeave() {
        double[] shares = Shares.fill(List.of(alone(), alone(), alone()), 1, new double[] {0.35, 0.5, 1});
        assertThat(shares).containsExactly(new double[] {0.35, 0.5, 0.15}, EXACTLY);
    }

    @Test
    void whatNobodyHasRoomForIsLeftOver() {
        assertThat(Shares.fill(List.of(alone(), alone()), 1, new double[] {0.3, 0.2})).containsExactly(new double[] {0.3, 0.2}, EXACTLY);
    }

    @Test
    void aGroupSharesByWeight() {
        double[] shares = Shares.fill(List.of(beside(3), beside(1), alone()), 1, new double[] {1, 1, 1});
        assertThat(shares).containsExactly(new double[] {0.75, 0.25, 0}, EXACTLY);
    }

    @Test
    void whatOneOfAGroupCannotCarryItsSiblingsTakeBeforeAnybodyElse() {
        double[] shares = Shares.fill(List.of(beside(2), beside(1), beside(1), alone()), 1, new double[] {0.2, 1, 1, 1});
        assertThat(shares).containsExactly(new double[] {0.2, 0.4, 0.4, 0}, EXACTLY);
    }

    @Test
    void aGroupThatCannotCarryAllSpills() {
        double[] shares = Shares.fill(List.of(beside(2), beside(1), alone()), 1, new double[] {0.2, 0.3, 1});
        assertThat(shares).containsExactly(new double[] {0.2, 0.3, 0.5}, EXACTLY);
    }

    @Test
    void sharesTurnWhereTheRoomsSoFarReachTheWhole() {
        Shares shares = Shares.growing(List.of(alone(), alone(), alone()), 1, new double[] {0, 0.7, 1}, new double[] {0.01, 0, 0});
        assertThat(shares.turn()).isCloseTo(30, EXACTLY); // then 0.3 + 0.7 are all, and the third has nothing
        assertThat(shares.slope(0)).isCloseTo(0.01, EXACTLY);
        assertThat(shares.slope(1)).isZero();
        assertThat(shares.slope(2)).isCloseTo(-0.01, EXACTLY);
    }

    @Test
    void sharesTurnWhereATierOfAGroupHasItsPart() {
        Shares shares = Shares.growing(List.of(beside(1), beside(1)), 1, new double[] {0, 1}, new double[] {0.01, 0});
        assertThat(shares.turn()).isCloseTo(50, EXACTLY);
        assertThat(shares.slope(1)).isCloseTo(-0.01, EXACTLY);
        Shares after = Shares.growing(List.of(beside(1), beside(1)), 1, new double[] {0.5, 1}, new double[] {0.01, 0});
        assertThat(after.turn()).isInfinite();
        assertThat(after.slope(0)).isZero();
    }

    /** Between turns, and at them, the lines are what the shares at that moment are. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void linesAreExactUntilTheyTurn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            List<TierSpec> tiers = new ArrayList<>();
            int grouped = random.nextInt(4);
            int count = 1 + grouped + random.nextInt(3);
            double[] room = new double[count];
            double[] growth = new double[count];
            for (int i = 0; i < count; i++) {
                tiers.add(i < grouped ? beside(1 + random.nextInt(4)) : alone());
                room[i] = random.nextInt(3) == 0 ? 0 : random.nextInt(11) / 10.0;
                growth[i] = random.nextInt(3) == 0 ? random.nextInt(5) / 100.0 : 0;
            }
            Shares shares = Shares.growing(tiers, 1, room, growth);
            double horizon = Math.min(shares.turn(), 200);
            for (double at : new double[] {0, 0.1 * horizon, 0.5 * horizon, 0.9 * horizon, horizon}) {
                double[] then = new double[count];
                for (int i = 0; i < count; i++) {
                    then[i] = room[i] + growth[i] * at;
                }
                double[] exact = Shares.fill(tiers, 1, then);
                assertThat(Shares.sum(exact)).isCloseTo(Math.min(1, Shares.sum(then)), EXACTLY);
                for (int i = 0; i < count; i++) {
                    assertThat(shares.of(i) + shares.slope(i) * at).as("tier %d of %s at %s", i, tiers, at).isCloseTo(exact[i], EXACTLY);
                    assertThat(exact[i]).isLessThanOrEqualTo(then[i] + 1e-12);
                }
            }
        }
    }
}
