package io.weir.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BeliefTest {
    private static final Service ORDERS = new Service(Service.Kind.DNS_A, "orders.internal");
    private static final Duration VALID = Duration.ofSeconds(10);

    private Instant now = Instant.parse("2026-11-28T05:00:00Z");
    private Belief belief = Belief.NOTHING;

    static FoundWorker worker(int number) {
        return new FoundWorker(new Place(IpAddress.parse("10.0." + number / 250 + '.' + (1 + number % 250)), 0), 1);
    }

    /** Workers of that numbers, the last not included. */
    static List<FoundWorker> workers(int from, int to) {
        return IntStream.range(from, to).mapToObj(BeliefTest::worker).toList();
    }

    private void hear(List<FoundWorker> workers, Snapshot.Trust trust) {
        belief = belief.heard(new Snapshot.Found(ORDERS, now, workers, VALID, trust, null));
        now = now.plus(VALID);
    }

    private void hear(int from, int to) {
        hear(workers(from, to), Snapshot.Trust.WHOLE);
    }

    private void assertBelieved(int from, int to) {
        assertThat(belief.workers()).isEqualTo(workers(from, to));
    }

    @Test
    void theFirstAnswerIsBelieved() {
        hear(0, 3);

        assertBelieved(0, 3);
        assertThat(belief.doubts()).isFalse();
        assertThat(belief.age(now)).isEqualTo(VALID);
    }

    @Test
    void moreWorkersAreBelievedAtOnce() {
        hear(0, 2);
        hear(0, 100);

        assertBelieved(0, 100);
    }

    @Test
    void theLossOfHalfIsBelievedAtOnce() {
        hear(0, 10);
        hear(0, 5);

        assertBelieved(0, 5);
    }

    @Test
    void theLossOfMoreIsBelievedWhenThreeAnswersInHalfAMinuteSaySo() {
        hear(0, 10);
        for (int second = 0; second < 30; second += 10) {
            hear(0, 4);
            assertBelieved(0, 10);
            assertThat(belief.doubts()).isTrue();
        }
        assertThat(belief.age(now)).isEqualTo(Duration.ofSeconds(40));
        hear(0, 4);

        assertBelieved(0, 4);
        assertThat(belief.doubts()).isFalse();
        assertThat(belief.age(now)).isEqualTo(VALID);
    }

    @Test
    void halfAMinuteIsNotEnoughWithoutThreeAnswers() {
        hear(0, 10);
        hear(0, 4);
        now = now.plus(Duration.ofMinutes(10));
        hear(0, 4);
        assertBelieved(0, 10);
        hear(0, 4);

        assertBelieved(0, 4);
    }

    @Test
    void theNewOnesOfAFleetThatIsReplacedServeAtOnceAndTheOldOnesUntilThatIsSure() {
        hear(0, 10);
        hear(10, 20);
        assertBelieved(0, 20);
        hear(10, 20);
        hear(10, 20);
        assertBelieved(0, 20);
        hear(10, 20);

        assertBelieved(10, 20);
    }

    @Test
    void whoIsNamedAgainIsMissingFromTheBeginningWhenHeIsMissingAgain() {
        hear(0, 10);
        hear(0, 3);
        hear(0, 3);
        hear(0, 4); // the fourth is back
        hear(0, 3);

        assertBelieved(0, 4);
        assertThat(belief.absences()).containsOnlyKeys(worker(3).place());
    }

    @Test
    void theOldAnswerEndsTheDoubt() {
        hear(0, 10);
        hear(0, 1);
        hear(0, 10);

        assertThat(belief.doubts()).isFalse();
        assertThat(belief.age(now)).isEqualTo(VALID);
    }

    @Test
    void aPartOfAnAnswerAddsAndNeverRemoves() {
        hear(0, 4);
        for (int i = 0; i < 10; i++) {
            hear(workers(3, 5), Snapshot.Trust.PARTIAL);
        }

        assertBelieved(0, 5);
        assertThat(belief.doubts()).isFalse();
        assertThat(belief.age(now)).isEqualTo(Duration.ofSeconds(110));
    }

    @Test
    void whoKnowsWhatItRemovesIsObeyed() {
        hear(0, 10);
        hear(List.of(), Snapshot.Trust.REVISIONED);

        assertThat(belief.workers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"3600, true", "3601, false"})
    void anHourAfterItsTimeItIsNoYardstick(int secondsAfter, boolean doubted) {
        hear(0, 10);
        now = now.plus(Duration.ofSeconds(secondsAfter));
        hear(9, 10);

        assertThat(belief.doubts()).isEqualTo(doubted);
        assertThat(belief.workers()).hasSize(doubted ? 10 : 1);
    }

    @Test
    void aWeightIsBelievedAtOnce() {
        hear(0, 10);
        FoundWorker heavier = new FoundWorker(worker(0).place(), 7);
        hear(List.of(heavier), Snapshot.Trust.WHOLE);

        assertThat(belief.workers()).hasSize(10).startsWith(heavier);
    }

    @Test
    void aClockThatIsPutBackRemovesNobodyAndDelaysNothingForever() {
        hear(0, 10);
        hear(0, 1);
        now = now.minus(Duration.ofDays(1));
        for (int i = 0; i < 3; i++) {
            hear(0, 1);
            assertBelieved(0, 10);
        }
        assertThat(belief.age(now)).isZero();
        hear(0, 1);

        assertBelieved(0, 1);
    }

    /** 2,000 histories of a source that lies, forgets and tells the truth by turns, held against the rule as it is told to people. */
    @Test
    void nobodyGoesUnlessHalfAndMoreStaysOrItWasSaidThreeTimes() {
        for (long seed = 0; seed < 2_000; seed++) {
            history(new Random(seed), seed);
        }
    }

    private void history(Random random, long seed) {
        belief = Belief.NOTHING;
        List<Snapshot.Found> heard = new ArrayList<>();
        for (int step = 0; step < 40; step++) {
            Belief before = belief;
            Set<Integer> said = new HashSet<>();
            int most = 1 + random.nextInt(12);
            for (int i = 0; i < most; i++) {
                said.add(random.nextInt(12));
            }
            now = now.plusMillis(random.nextInt(15_000));
            var trust = random.nextInt(4) == 0 ? Snapshot.Trust.PARTIAL : Snapshot.Trust.WHOLE;
            var found = new Snapshot.Found(ORDERS, now, said.stream().map(BeliefTest::worker).toList(), VALID, trust, null);
            belief = belief.heard(found);
            heard.add(found);

            Set<Place> named = places(found.workers());
            Set<Place> places = places(belief.workers());
            assertThat(places).as("seed %d, step %d: who is named serves", seed, step).containsAll(named);
            Set<Place> gone = places(before.workers());
            gone.removeAll(places);
            long lost = before.yardstick().stream().filter(place -> !named.contains(place)).count();
            if (trust == Snapshot.Trust.PARTIAL) {
                assertThat(gone).as("seed %d, step %d", seed, step).isEmpty();
            } else if (2 * lost > before.yardstick().size()) {
                for (Place place : gone) {
                    assertThat(saidToBeMissing(heard, place)).as("seed %d, step %d: %s is gone", seed, step, place).isTrue();
                }
            } else {
                assertThat(places).as("seed %d, step %d", seed, step).isEqualTo(named);
            }
            assertThat(belief.doubts()).isEqualTo(places.stream().anyMatch(place -> belief.absences().containsKey(place)));
        }
    }

    /** In the last three whole answers at least, and for half a minute. */
    private boolean saidToBeMissing(List<Snapshot.Found> heard, Place place) {
        int answers = 0;
        Instant since = now;
        for (Snapshot.Found found : heard.reversed()) {
            if (places(found.workers()).contains(place)) {
                break;
            }
            if (found.trust() == Snapshot.Trust.WHOLE) {
                answers++;
                since = found.at();
            }
        }
        return answers >= 3 && Duration.between(since, now).compareTo(Duration.ofSeconds(30)) >= 0;
    }

    private static Set<Place> places(List<FoundWorker> workers) {
        return workers.stream().map(FoundWorker::place).collect(Collectors.toSet());
    }
}
