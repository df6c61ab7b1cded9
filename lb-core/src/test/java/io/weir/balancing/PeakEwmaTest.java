package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
    private static final long MS = 1_000_000L;

    private final StandInTarget quick = new StandInTarget("quick", "a", 1, new Latency(1, 0));
    private final StandInTarget other = new StandInTarget("other", "a", 1, new Latency(1, 0));
    private final Plan plan = new Plan(List.of(new Tier("ca-c1", List.of(quick, other), Balance.PEAK_EWMA)));
    private final SplittableRandom random = new SplittableRandom(5);
    private long now;

    private Target pick() {
        return Objects.requireNonNull(Decision.decide(plan, new Attempts(), now, new Draw().begin(0, random.nextLong())));
    }

    /** Requests one after the other for that many ticks, 10 a tick, each answered in its target's time; returns how many {@code other} got. */
    private int run(int ticks, Map<Target, Long> times) {
        int others = 0;
        for (int tick = 0; tick < ticks; tick++) {
            for (int i = 0; i < 10; i++) {
                Target target = pick();
                others += target.equals(other) ? 1 : 0;
                Objects.requireNonNull(target.latency()).answered(0, Objects.requireNonNull(times.get(target)));
            }
            now += Latency.TICK;
            Objects.requireNonNull(quick.latency()).sum(now);
            Objects.requireNonNull(other.latency()).sum(now);
        }
        return others;
    }

    /**
     * A target that takes 20 times as long as the other is not tried again until its average has decayed to 1.25 times the other's, after
     * 10 s × ln 16 = 27.7 s. It gets one tick's requests then, at most, so in 60 s no more than 3 × 10 of 6,000; then it is as fast again.
     */
    @Test
    void aSlowTargetIsAvoidedAndComesBackWhenItIsQuickAgain() {
        run(10, Map.of(quick, 10 * MS, other, 10 * MS));
        assertThat(run(600, Map.of(quick, 10 * MS, other, 200 * MS))).isLessThanOrEqualTo(30);
        run(300, Map.of(quick, 10 * MS, other, 10 * MS));
        assertThat(run(100, Map.of(quick, 10 * MS, other, 10 * MS))).isBetween(400, 600);
    }

    @Test
    void aTargetThatIsNotKnownGetsOneRequestUntilItHasAnswered() {
        Objects.requireNonNull(quick.latency()).answered(0, 10 * MS);
        Objects.requireNonNull(quick.latency()).sum(Latency.TICK);
        assertThat(pick()).isSameAs(other);
        other.begin();
        for (int i = 0; i < 100; i++) {
            assertThat(pick()).isSameAs(quick);
            quick.begin();
        }
    }

    @Test
    void whatIsUnderWayAtATargetCountsToo() {
        run(10, Map.of(quick, 10 * MS, other, 20 * MS));
        assertThat(pick()).isSameAs(quick);
        quick.begin();
        quick.begin();
        assertThat(pick()).isSameAs(other);
    }
}
