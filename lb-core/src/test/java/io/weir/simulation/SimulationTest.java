package io.weir.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Random worlds in which every rule must hold: {@code -Dweir.seeds} of them, 2,000 if nothing is said, from {@code -Dweir.seeds.from} on. A
 * world in which one doesn't is printed as a test to paste.
 */
class SimulationTest {
    @Test
    void everyRuleHoldsInEveryWorld() {
        Seeds.Sum sum = Seeds.run(Long.getLong("weir.seeds.from", 1), Long.getLong("weir.seeds", 2000));
        System.out.println(sum);
        assertThat(sum.broken()).as("worlds in which a rule was broken").isEmpty();
        if (sum.worlds() >= 100) {
            assertThat(sum).as("something happens in worlds").satisfies(
                    it -> assertThat(it.requests()).isGreaterThan(100 * it.worlds()),
                    it -> assertThat(it.repeated()).isGreaterThan(it.worlds()),
                    it -> assertThat(it.moves()).isGreaterThan(it.worlds() / 4),
                    it -> assertThat(it.ramps()).isGreaterThan(it.worlds() / 4),
                    it -> assertThat(it.panics()).isGreaterThan(it.worlds() / 10),
                    it -> assertThat(it.ejections()).isGreaterThan(it.worlds() / 10));
        }
    }
}
