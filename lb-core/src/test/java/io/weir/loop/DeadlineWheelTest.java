package io.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineWheelTest {
    private static final long TICK = DeadlineWheel.TICK;
    private static final long SECOND = 10 * TICK;

    private final List<Probe> fired = new ArrayList<>();

    /** A deadline that notes when it expired, and then does what it was told to. */
    private final class Probe extends Deadline {
        private final String name;
        private Runnable then = () -> {};
        private long firedAt = -1;

        Probe(String name) {
            this.name = name;
        }

        @Override
        protected void expired(long now) {
            assertThat(isSet()).isFalse();
            firedAt = now;
            fired.add(this);
            then.run();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, TICK - 1, TICK, TICK + 1, -TICK, -3 * TICK + 7, Long.MIN_VALUE / 2})
    void aDeadlineFiresNeverEarlyAndAtMostOneTickLateWhereverTimeBegins(long start) {
        for (long in : new long[] {1, TICK / 2, TICK - 1, TICK, TICK + 1, 5 * TICK, 511 * TICK, 512 * TICK, 513 * TICK, 3000 * TICK + 3}) {
            DeadlineWheel wheel = new DeadlineWheel(start);
            Probe probe = new Probe("in " + in);
            wheel.set(probe, start + in);
            long step = TICK / 4;
            long now = start;
            while (probe.firedAt == -1) {
                now += step;
                wheel.advance(now);
                assertThat(now).isLessThan(start + in + 2 * TICK);
            }
            assertThat(probe.firedAt).isBetween(start + in, start + in + TICK + step);
            assertThat(wheel.size()).isZero();
        }
    }

    @Test
    void aDeadlineThatIsMovedToALaterTimeStaysInItsSlotUntilThatComesRound() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Probe probe = new Probe("a");
        wheel.set(probe, SECOND);
        for (long now = 0; now < 100 * SECOND; now += TICK) {
            wheel.advance(now);
            wheel.set(probe, now + SECOND);
            assertThat(wheel.size()).isOne();
        }
        assertThat(fired).isEmpty();
        wheel.advance(102 * SECOND);
        assertThat(fired).containsExactly(probe);
    }

    @Test
    void aDeadlineThatIsMovedToAnEarlierTimeFiresThen() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Probe probe = new Probe("a");
        wheel.set(probe, 40 * SECOND);
        wheel.set(probe, SECOND);
        wheel.advance(SECOND + TICK);
        assertThat(fired).containsExactly(probe);
        wheel.advance(60 * SECOND);
        assertThat(fired).hasSize(1);
    }

    @Test
    void aClearedDeadlineDoesNotFireAndMayBeSetAgain() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Probe probe = new Probe("a");
        wheel.set(probe, SECOND);
        assertThat(probe.isSet()).isTrue();
        probe.clear();
        assertThat(probe.isSet()).isFalse();
        wheel.advance(5 * SECOND);
        assertThat(fired).isEmpty();
        assertThat(wheel.size()).isZero();
        wheel.set(probe, 6 * SECOND);
        wheel.advance(6 * SECOND + TICK);
        assertThat(fired).containsExactly(probe);
    }

    @Test
    void aRemovedDeadlineLeavesNothingBehind() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Probe probe = new Probe("a");
        wheel.set(probe, SECOND);
        wheel.remove(probe);
        assertThat(wheel.size()).isZero();
        wheel.remove(probe);
        assertThat(wheel.size()).isZero();
        wheel.advance(2 * SECOND);
        assertThat(fired).isEmpty();
    }

    @Test
    void aDeadlineInThePastFiresWithTheNextTick() {
        DeadlineWheel wheel = new DeadlineWheel(10 * SECOND);
        Probe probe = new Probe("a");
        wheel.set(probe, SECOND);
        wheel.advance(10 * SECOND);
        assertThat(fired).isEmpty();
        wheel.advance(10 * SECOND + TICK);
        assertThat(fired).containsExactly(probe);
    }

    @Test
    void whatExpiresMaySetItselfAndTheOthersAnew() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Probe first = new Probe("first");
        Probe second = new Probe("second");
        Probe third = new Probe("third");
        first.then = () -> {
            wheel.remove(second); // its neighbour in the slot
            wheel.set(third, 3 * SECOND); // the one behind that
            wheel.set(first, 2 * SECOND);
            first.then = () -> {};
        };
        wheel.set(first, SECOND);
        wheel.set(second, SECOND);
        wheel.set(third, SECOND);
        wheel.advance(SECOND + TICK);
        assertThat(fired).containsExactly(first);
        wheel.advance(2 * SECOND + TICK);
        assertThat(fired).containsExactly(first, first);
        wheel.advance(3 * SECOND + TICK);
        assertThat(fired).containsExactly(first, first, third);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void whatExpiresMaySetADeadlineThatIsDueAlready() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Probe first = new Probe("first");
        Probe second = new Probe("second");
        first.then = () -> wheel.set(second, 0);
        wheel.set(first, SECOND);
        wheel.advance(SECOND + TICK);
        assertThat(fired).containsExactly(first);
        wheel.advance(SECOND + 2 * TICK);
        assertThat(fired).containsExactly(first, second);
    }

    @Test
    void aDeadlineThatFailsDoesNotKeepTheOthersFromFiring() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Probe before = new Probe("before");
        Probe failing = new Probe("failing");
        Probe sameSlot = new Probe("same slot");
        Probe later = new Probe("later");
        failing.then = () -> {
            throw new IllegalStateException("part of the test");
        };
        wheel.set(before, SECOND);
        wheel.set(failing, SECOND);
        wheel.set(sameSlot, SECOND);
        wheel.set(later, 2 * SECOND);
        wheel.advance(3 * SECOND);
        assertThat(fired).containsExactly(before, failing, sameSlot, later);
        assertThat(wheel.size()).isZero();
        wheel.set(failing, 4 * SECOND);
        wheel.advance(4 * SECOND + TICK);
        assertThat(fired).as("it may be set again").hasSize(5).endsWith(failing);
    }

    @Test
    void aBigJumpFiresEverythingThatIsDueOnceAndNothingElse() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        List<Probe> due = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Probe probe = new Probe("" + i);
            wheel.set(probe, (i + 1) * TICK);
            due.add(probe);
        }
        Probe later = new Probe("later");
        wheel.set(later, 10_000 * TICK);
        wheel.advance(9_000 * TICK);
        assertThat(fired).containsExactlyInAnyOrderElementsOf(due);
        assertThat(wheel.size()).isOne();
        wheel.advance(10_001 * TICK);
        assertThat(fired).hasSize(2001).endsWith(later);
    }

    @Test
    void timeThatStandsStillOrGoesBackFiresNothing() {
        DeadlineWheel wheel = new DeadlineWheel(10 * SECOND);
        Probe probe = new Probe("a");
        wheel.set(probe, 11 * SECOND);
        wheel.advance(10 * SECOND);
        wheel.advance(5 * SECOND);
        assertThat(fired).isEmpty();
        wheel.advance(11 * SECOND + TICK);
        assertThat(fired).containsExactly(probe);
    }

    /** The wheel against the plainest model: a list of times that is looked through at each step. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theWheelDoesWhatAListWould(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long now = random.nextLong(-1000 * TICK, 1000 * TICK);
        DeadlineWheel wheel = new DeadlineWheel(now);
        int count = 60;
        Probe[] probes = new Probe[count];
        long[] model = new long[count]; // when it is due; MAX_VALUE if it isn't set
        for (int i = 0; i < count; i++) {
            probes[i] = new Probe("" + i);
            model[i] = Long.MAX_VALUE;
        }
        for (int step = 0; step < 4000; step++) {
            int i = random.nextInt(count);
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> {
                    model[i] = now + (random.nextInt(4) == 0 ? random.nextLong(2000 * TICK) : random.nextLong(-TICK, 40 * TICK));
                    wheel.set(probes[i], model[i]);
                }
                case 4 -> {
                    probes[i].clear();
                    model[i] = Long.MAX_VALUE;
                }
                case 5 -> {
                    wheel.remove(probes[i]);
                    model[i] = Long.MAX_VALUE;
                }
                default -> {
                    now += random.nextInt(50) == 0 ? random.nextLong(3000 * TICK) : random.nextLong(3 * TICK);
                    fired.clear();
                    wheel.advance(now);
                    for (Probe probe : fired) {
                        int which = Integer.parseInt(probe.name);
                        assertThat(model[which]).as("never early, never what isn't set").isLessThanOrEqualTo(now);
                        model[which] = Long.MAX_VALUE;
                    }
                    for (int k = 0; k < count; k++) {
                        assertThat(model[k]).as("never later than a tick").isGreaterThan(now - 2 * TICK);
                        assertThat(probes[k].isSet()).isEqualTo(model[k] != Long.MAX_VALUE);
                    }
                }
            }
            assertThat(wheel.size()).isLessThanOrEqualTo(count);
        }
    }
}
