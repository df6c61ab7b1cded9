package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Latency;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencySumsTest {
    private static final long MS = 1_000_000;

    private final Latency orders = new Latency(2, 0);
    private final Latency billing = new Latency(2, 0);

    @Test
    void aTickBringsEveryAverageUpToDate() {
        LatencySums sums = new LatencySums(List.of(orders, billing));
        orders.answered(0, 10 * MS);
        billing.answered(1, 30 * MS);
        assertThat(orders.average()).as("before the tick").isZero();
        sums.tick(Latency.TICK);
        assertThat(orders.average()).isEqualTo(10 * MS);
        assertThat(billing.average()).isEqualTo(30 * MS);
    }

    /** Of two ticks the second sees only what came between them, and its time is what an average decays by. */
    @Test
    void anAverageFallsByTheTimeOfTheTick() {
        LatencySums sums = new LatencySums(List.of(orders));
        orders.answered(0, 100 * MS);
        sums.tick(Latency.TICK);
        sums.tick(Latency.TICK + 10_000 * MS);
        assertThat(orders.average()).isEqualTo((long) (100 * MS * Math.exp(-1)));
    }

    @Test
    void whereNobodyAsksForAveragesThereIsNothingToTick() {
        assertThat(new LatencySums(List.of()).isEmpty()).isTrue();
        assertThat(new LatencySums(List.of(orders)).isEmpty()).isFalse();
    }

    /** Whoever makes it goes on to collect averages, for the next table: they are not this one's. */
    @Test
    void whatIsAddedToTheListLaterIsNotTicked() {
        List<Latency> collected = new ArrayList<>(List.of(orders));
        LatencySums sums = new LatencySums(collected);
        collected.add(billing);
        billing.answered(0, 30 * MS);
        sums.tick(Latency.TICK);
        assertThat(billing.average()).isZero();
    }
}
