package io.weir.health;

import static io.weir.health.Health.HEALTHY;
import static io.weir.health.Health.PROBATION;
import static io.weir.health.Health.UNHEALTHY;
import static io.weir.health.Health.UNPROVEN;
import static io.weir.health.Samples.CHECK;
import static io.weir.health.Samples.EJECTION;
import static io.weir.health.Samples.SETTINGS;
import static io.weir.health.Samples.UNCHECKED;
import static io.weir.health.Samples.good;
import static io.weir.health.Samples.silent;
import static io.weir.health.Samples.waiting;
import static io.weir.health.Samples.with;
import static io.weir.health.Samples.worker;
import static io.weir.health.Samples.workers;
import static io.weir.health.ScriptedChecks.GOOD;
import static io.weir.health.ScriptedChecks.REFUSED;
import static io.weir.health.ScriptedChecks.UNWELL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.config.CheckSettings;
import io.weir.config.HealthSettings;
import io.weir.health.ScriptedChecks.Question;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is asked when, and who hears of it. */
class HealthMonitorTest {
    private static final long MILLI = 1_000_000;

    private final Watch watch = new Watch();
    private final HealthMonitor monitor = watch.monitor;
    private final ScriptedChecks checks = watch.checks;
    private final Worker first = worker(0);

    @AfterEach
    void nothingIsLeftOpen() {
        watch.close();
        assertThat(checks.open).isZero();
        assertThat(watch.loop.pending()).isZero();
    }

    @Test
    void fewNewWorkersHaveTheirVerdictsAtOnce() {
        List<Worker> three = workers(3);
        monitor.watch(three, SETTINGS);
        watch.pass(2);

        assertThat(watch.transitions).extracting(HealthTransition::worker).containsExactlyElementsOf(three);
        assertThat(watch.transitions).allMatch(change -> change.from() == UNPROVEN && change.to() == HEALTHY);
    }

    @Test
    void manyNewWorkersAreAskedWithinASecondAndNotInABurst() {
        monitor.watch(workers(10_000), SETTINGS);
        watch.pass(1100);

        assertThat(watch.transitions).hasSize(10_000);
        assertThat(mostWithin(10 * MILLI)).as("100 first ones, and second ones of those before").isLessThan(150);
    }

    @Test
    void laterChecksAreSpreadOverTheInterval() {
        monitor.watch(workers(1000), SETTINGS);
        watch.pass(30_000);

        assertThat(checks.questions).hasSizeBetween(6000, 7500);
        checks.questions.removeIf(question -> question.at() - checks.questions.getFirst().at() < Duration.ofSeconds(10).toNanos());
        assertThat(mostWithin(100 * MILLI)).as("20 on average").isLessThan(45);
    }

    @Test
    void checksComeAnIntervalApartGiveOrTakeAFifth() {
        monitor.watch(List.of(first), SETTINGS);
        watch.pass(300_000);

        List<Long> gaps = gaps(checks.askedAt(first.address()));
        assertThat(gaps.getFirst()).isLessThan(5000 * MILLI);
        assertThat(gaps.subList(1, gaps.size())).allSatisfy(gap -> assertThat(gap).isBetween(4000 * MILLI, 6000 * MILLI));
        assertThat(gaps.subList(1, gaps.size()).stream().distinct().count()).isGreaterThan(50);
        assertThat(checks.questions).extracting(Question::timeout).containsOnly(CHECK.timeout());
    }

    @Test
    void aFailedCheckIsFollowedByQuickOnesUntilThatIsSettled() {
        proven();
        checks.say(first.address(), UNWELL);
        watch.pass(13_000);
        checks.say(first.address(), GOOD);
        watch.pass(12_500);

        assertThat(watch.story(first)).containsExactly("unproven>healthy CHECK", "healthy>unhealthy CHECK", "unhealthy>probation CHECK");
        List<Long> gaps = gaps(checks.questions);
        int quick = gaps.indexOf(500 * MILLI);
        assertThat(gaps.subList(quick, quick + 2)).containsOnly(500 * MILLI);
        assertThat(gaps.subList(quick + 2, gaps.size())).as("the rhythm of before").allMatch(gap -> gap >= 4000 * MILLI);
    }

    /** As one does that drains, and whose machine ends before it has answered all that it has. */
    @Test
    void oneThatIsOutAndFallsSilentIsToldOfWithinTenSeconds() {
        proven();
        checks.say(first.address(), UNWELL);
        watch.pass(13_000);
        assertThat(watch.transitions.getLast().contact()).isEqualTo(Contact.ANSWERS);
        checks.blackHole(first.address());
        watch.pass(10_000);

        HealthTransition last = watch.transitions.getLast();
        assertThat(last.keepsHealth()).isTrue();
        assertThat(last.contact()).isEqualTo(Contact.SILENT);
        int told = watch.transitions.size();
        watch.pass(60_000);
        assertThat(watch.transitions).as("told once").hasSize(told);
    }

    @Test
    void aSilentWorkerIsConvictedWithinItsTimeOutAndTwoSeconds() {
        proven();
        checks.blackHole(first.address());
        watch.pass(6000 + 2000 + 1000 + 1000);

        assertThat(watch.story(first)).containsExactly("unproven>healthy CHECK", "healthy>unhealthy CHECK");
        assertThat(watch.transitions.getLast().contact()).isEqualTo(Contact.SILENT);
        assertThat(watch.transitions.getLast().since()).isEqualTo(Duration.ofSeconds(2).toNanos());
        List<Question> last = checks.questions.subList(checks.questions.size() - 3, checks.questions.size());
        assertThat(last.stream().filter(question -> question.timeout().equals(Duration.ofSeconds(1))).count()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aRefusedAttemptConvictsWithOneCheckAtOnce() {
        proven();
        checks.say(first.address(), REFUSED);
        watch.traffic(silent(first, 1, 1));
        watch.pass(2);

        assertThat(watch.transitions.getLast().to()).isEqualTo(UNHEALTHY);
        assertThat(watch.transitions.getLast().since()).isEqualTo(MILLI);
    }

    @Test
    void whenAttemptsWaitInVainTheVerdictTakesNoMoreThanASecond() {
        proven();
        checks.blackHole(first.address());
        watch.traffic(waiting(first));
        watch.pass(1001);

        assertThat(watch.transitions.getLast().to()).isEqualTo(UNHEALTHY);
    }

    @Test
    void suspicionShortensAQuestionThatIsUnderWay() {
        var patient = new CheckSettings(CHECK.kind(), null, Duration.ofSeconds(5), Duration.ofSeconds(20), 2, 3);
        monitor.watch(List.of(first), with(patient, EJECTION));
        watch.pass(10);
        checks.blackHole(first.address());
        watch.pass(5100);
        assertThat(watch.health(first)).isEqualTo(HEALTHY);

        watch.traffic(waiting(first));
        watch.pass(1001);

        assertThat(watch.health(first)).isEqualTo(UNHEALTHY);
        assertThat(checks.opened).as("the one that was given up was closed").isEqualTo(2);
    }

    @Test
    void manySuspectsAreAskedInTurn() {
        List<Worker> many = workers(1000);
        monitor.watch(many, SETTINGS);
        watch.pass(200);
        checks.questions.clear();
        many.forEach(worker -> checks.say(worker.address(), REFUSED));
        monitor.traffic(many.stream().map(worker -> silent(worker, 1, 1)).toList());
        watch.pass(110);

        assertThat(mostWithin(10 * MILLI)).isLessThan(110);
        assertThat(watch.transitions.stream().filter(change -> change.to() == UNHEALTHY)).hasSize(1000);
    }

    @Test
    void aSlowButHealthyAppIsNotCheckedMoreAndMore() {
        proven();
        for (int tenth = 0; tenth < 6000; tenth++) {
            watch.traffic(tenth % 10 < 8 ? waiting(first) : good(first, 1));
            watch.pass(100);
        }

        assertThat(checks.questions).as("120 by rhythm alone").hasSizeLessThan(260);
        assertThat(watch.transitions).hasSize(1);
    }

    @Test
    void goodAnswersOfAConvictedWorkerHastenItsChecks() {
        proven();
        checks.say(first.address(), REFUSED);
        watch.pass(10_000);
        assertThat(watch.health(first)).isEqualTo(UNHEALTHY);
        checks.questions.clear();
        checks.say(first.address(), GOOD);
        for (int tenth = 0; tenth < 11; tenth++) {
            watch.traffic(good(first, 5));
            watch.pass(100);
        }

        assertThat(watch.health(first)).isEqualTo(PROBATION);
        assertThat(checks.questions).hasSize(2);
        assertThat(gaps(checks.questions)).containsExactly(500 * MILLI);
    }

    @Test
    void oneQuestionServesAllWorkersOfAnEndpoint() {
        Worker same = new Worker("stock", first.region(), first.zone(), first.address());
        monitor.watch(List.of(first), SETTINGS);
        monitor.watch(List.of(same), SETTINGS);
        watch.pass(60_000);

        assertThat(checks.opened).isEqualTo(1);
        assertThat(checks.questions).hasSizeBetween(11, 17);
        checks.say(first.address(), REFUSED);
        watch.pass(10_000);
        assertThat(watch.health(first)).isEqualTo(UNHEALTHY);
        assertThat(watch.health(same)).isEqualTo(UNHEALTHY);

        monitor.forget("orders", "ca-c1");
        watch.pass(1);
        assertThat(checks.open).isEqualTo(1);
        monitor.forget("stock", "ca-c1");
        watch.pass(1);
        assertThat(checks.open).isZero();
    }

    @Test
    void otherQuestionsToAnEndpointAreAskedBeside() {
        var other = new CheckSettings(new CheckSettings.Grpc(""), null, CHECK.interval(), CHECK.timeout(), 2, 3);
        monitor.watch(List.of(first), SETTINGS);
        monitor.watch(List.of(new Worker("stock", first.region(), first.zone(), first.address())), with(other, EJECTION));
        watch.pass(10);

        assertThat(checks.opened).isEqualTo(2);
        Map<String, Long> made = new HashMap<>();
        monitor.counts().forEach((kind, outcome, count) -> made.merge(kind + " " + outcome, count, Long::sum));
        assertThat(made).containsEntry("tcp passed", 1L).containsEntry("grpc passed", 1L).containsEntry("tcp refused", 0L);
        assertThat(monitor.checksMade()).isEqualTo(2);
    }

    @Test
    void whoJoinsAKnownEndpointIsProvenWithoutAQuestion() {
        proven();
        Worker same = new Worker("stock", first.region(), first.zone(), first.address());
        int asked = checks.questions.size();
        monitor.watch(List.of(same), SETTINGS);
        watch.loop.settle();

        assertThat(watch.health(same)).isEqualTo(HEALTHY);
        assertThat(checks.questions).hasSize(asked);
    }

    @Test
    void whoJoinsABadEndpointIsAskedAtOnceAndQuickly() {
        checks.say(first.address(), REFUSED);
        monitor.watch(List.of(first), SETTINGS);
        watch.pass(3000);
        Worker same = new Worker("stock", first.region(), first.zone(), first.address());
        monitor.watch(List.of(same), SETTINGS);
        watch.pass(1010);

        assertThat(watch.story(same)).containsExactly("unproven>unhealthy CHECK");
    }

    @Test
    void theSameListAgainIsNoNews() {
        proven();
        int asked = checks.questions.size();
        monitor.watch(List.of(first), SETTINGS);
        watch.loop.settle();

        assertThat(checks.opened).isEqualTo(1);
        assertThat(checks.questions).hasSize(asked);
        assertThat(watch.transitions).hasSize(1);
    }

    @Test
    void thoseThatStayKeepAllAndThoseThatLeaveAreForgotten() {
        monitor.watch(workers(2), SETTINGS);
        watch.pass(10);
        monitor.watch(List.of(worker(1), worker(2)), SETTINGS);
        watch.pass(10);

        assertThat(watch.transitions).extracting(HealthTransition::worker).containsExactly(worker(0), worker(1), worker(2));
        assertThat(checks.open).isEqualTo(2);
        var reports = monitor.describe(workers(3));
        watch.loop.settle();
        assertThat(reports.join()).extracting(WorkerReport::worker).containsExactly(worker(1), worker(2));
    }

    @Test
    void otherSettingsKeepTheHealthAndAskAnewAtOnce() {
        proven();
        var other = new CheckSettings(CHECK.kind(), 8081, CHECK.interval(), CHECK.timeout(), 2, 3);
        monitor.watch(List.of(first), with(other, EJECTION));
        watch.pass(2);

        assertThat(watch.transitions).hasSize(1);
        assertThat(checks.open).isEqualTo(1);
        assertThat(checks.questions.getLast().settings()).isEqualTo(other);
    }

    @Test
    void checksCanBeTurnedOffAndOn() {
        checks.say(first.address(), REFUSED);
        monitor.watch(List.of(first), SETTINGS);
        watch.pass(2000);
        monitor.watch(List.of(first), UNCHECKED);
        watch.pass(60_000);
        assertThat(checks.open).isZero();
        monitor.watch(List.of(first), SETTINGS);
        watch.pass(10);

        assertThat(watch.story(first))
                .containsExactly("unproven>unhealthy CHECK", "unhealthy>probation SETTINGS", "probation>unhealthy CHECK");
    }

    @Test
    void whoIsNotCheckedIsHealthyAtOnce() {
        monitor.watch(List.of(first), UNCHECKED);
        watch.pass(60_000);

        assertThat(watch.story(first)).containsExactly("unproven>healthy SETTINGS");
        assertThat(checks.opened).isZero();
    }

    @Test
    void slowAnswersNeverOverlap() {
        var quick = new CheckSettings(CHECK.kind(), null, Duration.ofMillis(100), Duration.ofSeconds(3), 2, 100);
        checks.say(first.address(), GOOD, Duration.ofMillis(700));
        monitor.watch(List.of(first), with(quick, EJECTION));
        watch.pass(10_000); // ScriptedChecks fails if asked twice

        assertThat(gaps(checks.questions)).containsOnly(700 * MILLI);
    }

    @Test
    void aCheckThatHadNoSocketSaysNothing() {
        proven();
        checks.say(first.address(), CheckResult.failed(CheckResult.Failure.UNASKED, "no socket"), Duration.ofMillis(1));
        watch.pass(60_000);
        assertThat(watch.health(first)).isEqualTo(HEALTHY);
        checks.say(first.address(), GOOD, Duration.ofMillis(1));
        watch.pass(60_000);
        assertThat(watch.health(first)).isEqualTo(HEALTHY);
    }

    @Test
    void whatCouldNotBeAskedSaysNothing() {
        proven();
        checks.outOfSockets = true;
        watch.pass(60_000);
        assertThat(watch.health(first)).isEqualTo(HEALTHY);
        List<String> unasked = new ArrayList<>();
        monitor.counts().forEach((kind, outcome, count) -> {
            if (outcome.equals("unasked") && count > 0) {
                unasked.add(kind);
            }
        });
        assertThat(unasked).containsExactly("tcp");

        checks.outOfSockets = false;
        int asked = checks.questions.size();
        watch.pass(6001);
        assertThat(checks.questions).hasSizeGreaterThan(asked);
    }

    @Test
    void aSubscriberMayChangeWhatIsWatched() {
        var forgotten = new AtomicBoolean();
        var _ = monitor.transitions().subscribe(change -> {
            forgotten.set(true);
            monitor.forget("orders", "ca-c1");
        });
        monitor.watch(workers(3), SETTINGS);
        watch.pass(20_000);

        assertThat(forgotten).isTrue();
        assertThat(watch.transitions).hasSize(1);
        assertThat(checks.open).isZero();
    }

    @Test
    void aListOfSeveralPoolsOrOfNoneIsRefused() {
        assertThatThrownBy(() -> monitor.watch(List.of(), SETTINGS)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> monitor.watch(List.of(worker("orders", 1), worker("stock", 2)), SETTINGS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stock");
    }

    @Test
    void reportsOnStrangersAreIgnored() {
        proven();
        watch.traffic(silent(worker(7), 5, 5), silent(worker("stock", 0), 5, 5));
        watch.pass(10);

        assertThat(watch.transitions).hasSize(1);
    }

    @Test
    void theStreamEndsWithTheMonitor() {
        var ended = new AtomicBoolean();
        var _ = monitor.transitions().doOnComplete(() -> ended.set(true)).subscribe();
        proven();
        monitor.close();
        watch.pass(1);
        monitor.watch(workers(3), SETTINGS);
        watch.pass(10_000);

        assertThat(ended).isTrue();
        assertThat(checks.open).isZero();
        assertThat(watch.transitions).hasSize(1);
    }

    @Test
    void whatComesAfterTheLoopsEndIsIgnored() {
        watch.close();
        watch.loop.shutdown();

        monitor.watch(workers(1), SETTINGS);
        monitor.close();
        assertThat(monitor.describe(workers(1))).isCompletedExceptionally();
    }

    private void proven() {
        monitor.watch(List.of(first), SETTINGS);
        watch.pass(10);
        assertThat(watch.health(first)).isEqualTo(HEALTHY);
    }

    private static List<Long> gaps(List<Question> questions) {
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < questions.size(); i++) {
            gaps.add(questions.get(i).at() - questions.get(i - 1).at());
        }
        return gaps;
    }

    /** How many questions at most were asked within any such time. */
    private int mostWithin(long nanos) {
        int most = 0;
        int from = 0;
        for (int i = 0; i < checks.questions.size(); i++) {
            while (checks.questions.get(i).at() - checks.questions.get(from).at() >= nanos) {
                from++;
            }
            most = Math.max(most, i - from + 1);
        }
        return most;
    }

    // ---- what another process knew

    private HealthMemo memoOf(Worker worker) {
        var memos = monitor.memos();
        watch.loop.settle();
        HealthMemo memo = memos.join().stream().filter(each -> each.worker().equals(worker)).findFirst().orElseThrow();
        return HealthMemo.parse(memo.toString());
    }

    /** Another monitor begins where this one is. */
    private Watch successor(HealthSettings settings) {
        Watch next = new Watch(2);
        next.monitor.inherit(List.of(memoOf(first)));
        next.monitor.watch(workers(4), settings);
        next.monitor.inheritedAll();
        next.loop.settle();
        return next;
    }

    @Test
    void whatAnotherProcessKnewIsTheFirstVerdict() {
        monitor.watch(workers(4), SETTINGS);
        watch.pass(1000);
        try (Watch next = successor(SETTINGS)) {
            assertThat(next.story(first)).containsExactly("unproven>healthy CHECK");
            assertThat(next.health(worker(1))).as("nothing is known of it").isEqualTo(UNPROVEN);
            next.pass(1000);
            assertThat(next.health(worker(1))).isEqualTo(HEALTHY);
            assertThat(next.story(first)).hasSize(1);
        }
    }

    @Test
    void anEjectionGoesOnForWhatWasLeftOfIt() {
        monitor.watch(workers(4), SETTINGS);
        watch.pass(1000);
        watch.traffic(silent(first, 5, 5));
        watch.pass(6000);
        assertThat(watch.report(first).ejected()).isTrue();
        try (Watch next = successor(SETTINGS)) {
            assertThat(next.story(first)).containsExactly("unproven>unhealthy FAILURES");
            next.pass(3500);
            assertThat(next.health(first)).isEqualTo(UNHEALTHY);
            next.pass(1000);
            assertThat(next.health(first)).isEqualTo(PROBATION);
            next.traffic(silent(first, 5, 5));
            next.pass(19_000);
            assertThat(next.health(first)).as("the second time is longer").isEqualTo(UNHEALTHY);
            next.pass(1500);
            assertThat(next.health(first)).isEqualTo(PROBATION);
        }
    }

    @Test
    void aProbationGoesOnForWhatWasLeftOfIt() {
        monitor.watch(workers(4), SETTINGS);
        watch.pass(1000);
        watch.traffic(silent(first, 5, 5));
        watch.pass(20_000); // 10 s of ejection, and 10 of 30 s of slow start
        try (Watch next = successor(SETTINGS)) {
            HealthTransition told = next.transitions.getFirst();
            assertThat(next.loop.now() - told.at()).as("it slowly starts since then").isBetween(9_000 * MILLI, 11_000 * MILLI);
            next.pass(18_000);
            assertThat(next.health(first)).isEqualTo(PROBATION);
            next.pass(8_000);
            assertThat(next.health(first)).isEqualTo(HEALTHY);
        }
    }

    @Test
    void whoWasConvictedByChecksIsNotBelievedToBeIfNobodyChecks() {
        checks.say(first.address(), REFUSED);
        monitor.watch(workers(4), SETTINGS);
        watch.pass(20_000);
        assertThat(watch.health(first)).isEqualTo(UNHEALTHY);
        try (Watch next = successor(SETTINGS)) {
            assertThat(next.health(first)).isEqualTo(UNHEALTHY);
        }
        try (Watch next = successor(UNCHECKED)) {
            assertThat(next.story(first)).containsExactly("unproven>healthy SETTINGS");
        }
    }

    @Test
    void whatNobodyAsksForIsForgotten() {
        monitor.watch(workers(4), SETTINGS);
        watch.pass(1000);
        try (Watch next = new Watch(2)) {
            next.monitor.inherit(List.of(memoOf(first)));
            next.monitor.inheritedAll();
            next.monitor.watch(workers(4), SETTINGS);
            next.loop.settle();
            assertThat(next.health(first)).isEqualTo(UNPROVEN);
        }
    }

    @Test
    void aMemoThatNobodyCanHaveWrittenIsRefused() {
        String good = "orders ca-c1 ca-c1a 10.0.0.1:80 unhealthy failures answers ejected PT3S PT7S 1 1.0 5 failures in a row";
        assertThat(HealthMemo.parse(good)).hasToString(good);
        for (String bad : List.of("", "orders", good.replace(":80", ""), good.replace("unhealthy", "unwell"), good.replace("PT3S", "PT-3S"), good.replace("1.0", "NaN"), good.replace(" 1 ", " -1 "))) {
            assertThatThrownBy(() -> HealthMemo.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
