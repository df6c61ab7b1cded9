package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.Measured.Outcome;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The state machine that measures a failover, edge by edge, on made-up seconds. */
class RecoveryTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    /** The decision falls into second 100. */
    private static final long DECIDED = 100 * SECOND + 400 * MILLI;

    private final Seconds flow = new Seconds();

    /** Requests by second. */
    private static final class Seconds implements Recovery.Flow {
        private final Map<Long, int[]> seconds = new HashMap<>();

        void add(long second, int astray, int goodElsewhere, int badElsewhere) {
            int[] sums = seconds.computeIfAbsent(second, _ -> new int[3]);
            sums[0] += astray;
            sums[1] += goodElsewhere;
            sums[2] += badElsewhere;
        }

        private int[] of(long second) {
            return seconds.getOrDefault(second, new int[3]);
        }

        @Override
        public int requests(long second) {
            return of(second)[0] + of(second)[1] + of(second)[2];
        }

        @Override
        public int astray(long second) {
            return of(second)[0];
        }

        @Override
        public int goodElsewhere(long second) {
            return of(second)[1];
        }
    }

    private Recovery begun() {
        return new Recovery(DECIDED - 700 * MILLI, DECIDED - 2 * MILLI, DECIDED, flow);
    }

    @Test
    void trafficHasMovedWithTheFirstSecondThatIsFreeOfStrays() {
        flow.add(100, 30, 150, 0);
        Recovery recovery = begun();
        flow.add(100, 10, 40, 0);
        assertThat(recovery.tick(DECIDED + 100 * MILLI, flow)).isNull();
        flow.add(101, 3, 197, 0);
        flow.add(102, 2, 198, 0);
        assertThat(recovery.tick(102 * SECOND + 100 * MILLI, flow)).isNull();
        assertThat(recovery.tick(103 * SECOND, flow)).isEqualTo(Outcome.MOVED);

        assertThat(recovery.toDetected()).isEqualTo(698 * MILLI);
        assertThat(recovery.toDecided()).isEqualTo(700 * MILLI);
        assertThat(recovery.toAnswered()).isEqualTo(800 * MILLI);
        assertThat(recovery.toMoved()).isEqualTo(700 * MILLI + 102 * SECOND - DECIDED);
    }

    @Test
    void ofTheSecondOfTheDecisionItHasMovedWithTheDecision() {
        flow.add(100, 1, 150, 0);
        Recovery recovery = begun();

        assertThat(recovery.tick(101 * SECOND, flow)).isEqualTo(Outcome.MOVED);
        assertThat(recovery.toMoved()).isEqualTo(recovery.toDecided());
    }

    @Test
    void answersFromBeforeTheDecisionAndBadOnesAreNotTheFirstGoodOne() {
        flow.add(100, 30, 50, 0);
        Recovery recovery = begun();
        flow.add(100, 0, 0, 7);
        flow.add(101, 90, 0, 20);
        assertThat(recovery.tick(DECIDED + SECOND, flow)).isNull();
        assertThat(recovery.toAnswered()).isEqualTo(-1);

        flow.add(101, 0, 1, 0);
        recovery.tick(DECIDED + SECOND + 100 * MILLI, flow);

        assertThat(recovery.toAnswered()).isEqualTo(700 * MILLI + SECOND + 100 * MILLI);
    }

    @Test
    void secondsOfFewRequestsSayNothing() {
        Recovery recovery = begun();
        for (long second = 101; second < 110; second++) {
            flow.add(second, 0, Recovery.ENOUGH - 1, 0);
            assertThat(recovery.tick((second + 1) * SECOND, flow)).isNull();
        }

        assertThat(recovery.tick(DECIDED + 10 * SECOND, flow)).isEqualTo(Outcome.TOO_LITTLE_TRAFFIC);
        assertThat(recovery.toMoved()).isEqualTo(-1);
    }

    @Test
    void trafficThatDoesNotMoveIsGivenUp() {
        Recovery recovery = begun();
        for (long second = 101; second < 160; second++) {
            flow.add(second, 2, 100, 0);
            assertThat(recovery.tick((second + 1) * SECOND, flow)).isNull();
        }

        assertThat(recovery.tick(DECIDED + 60 * SECOND, flow)).isEqualTo(Outcome.NOT_MOVED);
    }

    @Test
    void anotherLossBeginsItAnewButForTheFirstSign() {
        Recovery recovery = begun();
        flow.add(100, 0, 60, 0);
        recovery.tick(DECIDED + 100 * MILLI, flow);
        long later = DECIDED + 500 * MILLI;
        recovery.extend(later - MILLI, later, flow);

        assertThat(recovery.toAnswered()).isEqualTo(-1);
        flow.add(101, 0, 200, 0);
        assertThat(recovery.tick(102 * SECOND, flow)).isEqualTo(Outcome.MOVED);
        assertThat(recovery.toDetected()).isEqualTo(1199 * MILLI);
        assertThat(recovery.toDecided()).isEqualTo(1200 * MILLI);
        assertThat(recovery.toMoved()).isEqualTo(700 * MILLI + 101 * SECOND - DECIDED);
    }

    @Test
    void whatIsOverStaysAsItWas() {
        flow.add(100, 0, 150, 0);
        Recovery recovery = begun();
        recovery.tick(101 * SECOND, flow);
        long moved = recovery.toMoved();
        flow.add(101, 200, 0, 0);

        assertThat(recovery.tick(170 * SECOND, flow)).isEqualTo(Outcome.MOVED);
        assertThat(recovery.toMoved()).isEqualTo(moved);
    }
}
