package io.weir.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Random worlds in which every rule must hold. */
class SimulationTest {
    @Test
    void everyRuleHoldsInEveryWorld() {
        Seeds.Sum sum = Seeds.run(Long.getLong("weir.seeds.from", 1), Long.getLong("weir.seeds", 2000));
        System.out.println(sum);
        assertThat(sum.broken()).isEmpty();
    }
}
