package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the control thread gets to see of the targets that attempts come to. Its clock stands still between two looks. */
class TouchedTest {
    private static final long MS = 1_000_000;

    private int woken;
    private final Touched touched = new Touched(2, () -> woken++);
    private final Target a = new StandInTarget("a", touched);
    private final Target b = new StandInTarget("b", touched);
    private long now = 3_600_000 * MS;

    /** Looks after {@code millis}: of each target that there is something to say of, what. */
    private List<String> look(long millis) {
        now += millis * MS;
        List<String> said = new ArrayList<>();
        touched.look(now, traffic -> said.add(traffic.target() + ": " + traffic.newGood() + " good, " + traffic.newBad() + " bad, "
                + traffic.newSilent() + " silent, " + traffic.streak() + " in a row" + (traffic.waiting() ? ", waiting" : "")));
        return said;
    }

    private static Traffic of(Target target) {
        return Objects.requireNonNull(target.traffic());
    }

    /** An attempt on that loop, begun, answered and over. */
    private static void good(Target target, int loop) {
        target.begin();
        target.answered(loop, MS);
        target.finish();
        of(target).good(loop);
    }

    private void refused(Target target, int loop) {
        target.begin();
        target.finish();
        of(target).bad(loop, false, true, now);
    }

    private void unwell(Target target, int loop) {
        target.begin();
        target.answered(loop, MS);
        target.finish();
        of(target).bad(loop, true, false, now);
    }

    // ---- sums

    @Test
    void onlyTargetsThatHadAttemptsAreLookedAt() {
        assertThat(look(0)).isEmpty();
        good(a, 0);
        assertThat(look(100)).containsExactly("a: 1 good, 0 bad, 0 silent, 0 in a row");
        assertThat(touched.watched()).isOne();
        assertThat(look(100)).as("nothing new").isEmpty();
    }

    @Test
    void theLoopsAreSummed() {
        good(a, 0);
        good(a, 1);
        good(a, 1);
        unwell(a, 0);
        refused(a, 1);
        good(b, 1);
        assertThat(look(100))
                .containsExactlyInAnyOrder("a: 3 good, 2 bad, 1 silent, 2 in a row", "b: 1 good, 0 bad, 0 silent, 0 in a row");
        good(a, 1);
        assertThat(look(100)).containsExactly("a: 1 good, 0 bad, 0 silent, 0 in a row");
    }

    @Test
    void badOnesInARowAreCountedOverAllLoopsUntilAGoodOne() {
        for (int i = 0; i < 5; i++) {
            refused(a, i % 2);
        }
        assertThat(look(100)).containsExactly("a: 0 good, 5 bad, 5 silent, 5 in a row");
        unwell(a, 0);
        assertThat(look(100)).containsExactly("a: 0 good, 1 bad, 0 silent, 6 in a row");
        good(a, 1);
        refused(a, 0);
        assertThat(look(100)).containsExactly("a: 1 good, 1 bad, 1 silent, 1 in a row");
    }

    @Test
    void theSecondsRememberWhatWasSummed() {
        now = 0;
        good(a, 0);
        refused(a, 1);
        look(100);
        look(2_000);
        good(a, 0);
        look(0);
        assertThat(of(a).seconds().requests(0)).isEqualTo(2);
        assertThat(of(a).seconds().bad(0)).isOne();
        assertThat(of(a).seconds().requests(2)).isOne();
    }

    @Test
    void ofTargetsThatNobodyWatchesNothingIsCounted() {
        Target unwatched = StandInTarget.of("c");
        for (int i = 0; i < 10; i++) {
            unwatched.begin();
        }
        assertThat(unwatched.traffic()).isNull();
    }

    // ---- a crowd that waits

    @Test
    void threeThatNobodyAnswersForAWhileAreWaiting() {
        for (int i = 0; i < 3; i++) {
            a.begin();
        }
        assertThat(look(0)).isEmpty();
        assertThat(look(200)).isEmpty();
        assertThat(look(99)).isEmpty();
        assertThat(look(1)).containsExactly("a: 0 good, 0 bad, 0 silent, 0 in a row, waiting");
        assertThat(look(100)).as("as long as they wait").hasSize(1);
    }

    @Test
    void twoAreNoCrowd() {
        a.begin();
        a.begin();
        assertThat(look(0)).isEmpty();
        assertThat(look(10_000)).isEmpty();
    }

    @Test
    void oneAnswerEndsTheWaiting() {
        for (int i = 0; i < 4; i++) {
            a.begin();
        }
        look(0);
        assertThat(look(300)).hasSize(1);
        a.answered(1, MS);
        assertThat(look(100)).isEmpty();
        assertThat(look(200)).isEmpty();
        assertThat(look(100)).as("three wait, and none was answered since").hasSize(1);
    }

    @Test
    void aWorkerThatAnswersOneAfterTheOtherKeepsNobodyWaiting() {
        for (int i = 0; i < 20; i++) {
            a.begin();
        }
        for (int i = 0; i < 20; i++) {
            a.answered(0, MS);
            a.finish();
            of(a).good(0);
            assertThat(look(250)).containsExactly("a: 1 good, 0 bad, 0 silent, 0 in a row");
        }
    }

    @Test
    void thoseWhoseResponsesHaveBegunDoNotWait() {
        for (int i = 0; i < 5; i++) {
            a.begin();
            a.answered(i % 2, MS);
        }
        look(0);
        assertThat(look(1_000)).isEmpty();
        a.begin();
        a.begin();
        look(100);
        assertThat(look(1_000)).isEmpty();
        a.begin();
        look(100);
        assertThat(look(199)).isEmpty();
        assertThat(look(1)).as("nobody was answered since the look before the third came").hasSize(1);
    }

    /** Whatever became of those before, they are over. */
    @Test
    void attemptsThatAreOverDoNotWait() {
        for (int i = 0; i < 10; i++) {
            good(a, 0);
            unwell(a, 1);
            refused(a, 0);
            a.begin();
            a.finish(); // left alone before it was answered
        }
        a.begin();
        a.begin();
        look(0);
        assertThat(look(1_000)).isEmpty();
        a.begin();
        look(0);
        assertThat(look(400)).containsExactly("a: 0 good, 0 bad, 0 silent, 2 in a row, waiting");
    }

    @Test
    void aTargetThatWasStillForLongIsNotTakenForOneThatWaits() {
        good(a, 0);
        for (int i = 0; i < 20; i++) {
            look(100);
        }
        assertThat(touched.watched()).isZero();
        for (int i = 0; i < 3; i++) {
            a.begin();
        }
        assertThat(look(60_000)).isEmpty();
        assertThat(look(300)).hasSize(1);
    }

    // ---- the control thread is woken

    @Test
    void aFailureWakesTheControlThreadOnceUntilItHasLooked() {
        good(a, 0);
        assertThat(woken).isZero();
        refused(a, 0);
        refused(a, 1);
        refused(b, 1);
        assertThat(woken).isOne();
        assertThat(look(0)).hasSize(2);
    }

    @Test
    void theFailuresOfOneTargetWakeItTenTimesASecondAtMost() {
        refused(a, 0);
        look(0);
        now += 99 * MS;
        refused(a, 1);
        assertThat(woken).isOne();
        refused(b, 1);
        assertThat(woken).as("another target's").isEqualTo(2);
        look(0);
        now += MS;
        refused(a, 0);
        assertThat(woken).isEqualTo(3);
    }

    // ---- the list

    @Test
    void aTargetThatHadOneAttemptIsLookedAtTwiceAndComesBack() {
        good(a, 0);
        look(0); // off the list
        assertThat(touched.watched()).as("it is looked at once more").isOne();
        look(100);
        assertThat(touched.watched()).isZero();
        good(a, 1);
        assertThat(look(100)).containsExactly("a: 1 good, 0 bad, 0 silent, 0 in a row");
        unwell(b, 1);
        look(100);
        look(100);
        assertThat(touched.watched()).isZero();
    }

    /** Periods are a bit shorter at times, and much shorter when a failure makes the control thread look. */
    @Test
    void theLookAfterItWasTakenOffIsLateEnough() {
        good(a, 0);
        look(0); // off the list
        look(20);
        look(29);
        assertThat(touched.watched()).isOne();
        look(1);
        assertThat(touched.watched()).isZero();
    }

    @Test
    void aTargetThatHadTwoBetweenTwoLooksStaysForASecond() {
        good(a, 0);
        good(a, 1);
        look(0);
        for (int i = 0; i < 9; i++) {
            look(100);
            good(a, 0);
        }
        good(a, 0);
        look(100); // two again
        look(999);
        good(a, 0); // alone
        look(1); // off the list
        assertThat(touched.watched()).as("it is looked at once more").isOne();
        look(100);
        assertThat(touched.watched()).isZero();
    }

    @Test
    void whatIsCountedWhileATargetLeavesTheListIsSeen() {
        good(a, 0);
        look(0); // off the list
        good(a, 0); // and on it again
        assertThat(look(100)).hasSize(1);
        assertThat(touched.watched()).as("not twice").isOne();
        good(a, 0);
        good(a, 1);
        assertThat(look(50)).containsExactly("a: 2 good, 0 bad, 0 silent, 0 in a row");
        look(999);
        assertThat(touched.watched()).as("in close order").isOne();
    }

    @Test
    void aCrowdThatWaitsStaysOnTheList() {
        for (int i = 0; i < 3; i++) {
            a.begin();
        }
        for (int i = 0; i < 100; i++) {
            look(100);
        }
        assertThat(look(100)).hasSize(1);
    }

    /** Two loops count while the control thread looks, at a pace that takes targets off the list all the time. */
    @Test
    void nothingIsLostOrSeenTwiceWhileLoopsAndControlThreadRace() throws Exception {
        int each = 200_000;
        List<CompletableFuture<Void>> loops = new ArrayList<>();
        for (int loop = 0; loop < 2; loop++) {
            int index = loop;
            loops.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < each; i++) {
                    Target target = i % 3 == 0 ? b : a;
                    if (i % 5 == 0) {
                        of(target).bad(index, false, true, i);
                    } else {
                        of(target).good(index);
                    }
                }
            }, Thread::startVirtualThread));
        }
        int[] seen = new int[2];
        CompletableFuture<Void> all = CompletableFuture.allOf(loops.toArray(CompletableFuture<?>[]::new));
        for (boolean last = false; !last; ) {
            last = all.isDone();
            now += 600 * MS;
            touched.look(now, traffic -> {
                seen[0] += traffic.newGood();
                seen[1] += traffic.newBad();
            });
        }
        all.get(1, TimeUnit.SECONDS);
        assertThat(seen).containsExactly(2 * each * 4 / 5, 2 * each / 5);
    }
}
