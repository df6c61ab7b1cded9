package io.weir.health;

import static io.weir.health.Health.HEALTHY;
import static io.weir.health.Health.PROBATION;
import static io.weir.health.Health.UNHEALTHY;
import static io.weir.health.Health.UNPROVEN;
import static io.weir.health.Samples.CHECK;
import static io.weir.health.Samples.EJECTION;
import static io.weir.health.Samples.SETTINGS;
import static io.weir.health.Samples.UNCHECKED;
import static io.weir.health.Samples.bad;
import static io.weir.health.Samples.good;
import static io.weir.health.Samples.refused;
import static io.weir.health.Samples.silent;
import static io.weir.health.Samples.waiting;
import static io.weir.health.Samples.with;
import static io.weir.health.Samples.worker;
import static io.weir.health.ScriptedChecks.GOOD;
import static io.weir.health.ScriptedChecks.REFUSED;
import static io.weir.health.ScriptedChecks.UNWELL;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.config.HealthSettings;
import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each edge of the transition table, and the edges that are none. */
class WorkerHealthTest {
    private static final Worker WORKER = worker(0);
    private static final CheckResult UNREACHABLE = CheckResult.failed(CheckResult.Failure.UNREACHABLE, "no route to host");

    /** Any number: a monotonic clock begins somewhere. */
    private long now = Long.MAX_VALUE - Duration.ofSeconds(20).toNanos();

    private WorkerHealth health = new WorkerHealth(WORKER, SETTINGS, now);

    @Test
    void isUnprovenUntilACheckHasSpoken() {
        assertThat(health.begin(now)).isNull();
        assertThat(health.answered(good(WORKER, 100), now)).isNull();

        assertThat(health.health()).isEqualTo(UNPROVEN);
    }

    @Test
    void oneGoodCheckProvesANewWorker() {
        assertChange(health.checked(GOOD, now), UNPROVEN, HEALTHY, Cause.CHECK, "connected");
    }

    @Test
    void aNewWorkerIsConvictedByAsManyFailedChecksAsAnother() {
        assertThat(health.checked(REFUSED, now)).isNull();
        assertThat(health.suspected()).isTrue();
        assertThat(health.checked(REFUSED, later(500))).isNull();

        HealthTransition change = health.checked(REFUSED, later(500));

        assertChange(change, UNPROVEN, UNHEALTHY, Cause.CHECK, "connection refused");
        assertThat(requireNonNull(change).since()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(change.contact()).isEqualTo(Contact.REFUSES);
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED, REFUSES",
        "UNREACHABLE, SILENT",
        "TIMEOUT, SILENT",
        "RESET, SILENT",
        "MALFORMED, ANSWERS",
        "UNWELL, ANSWERS",
        "UNASKED, ANSWERS"
    })
    void theLastFailedCheckSaysWhatBecomesOfWhatItHas(CheckResult.Failure failure, Contact contact) {
        healthy();
        health.checked(failure == CheckResult.Failure.TIMEOUT ? REFUSED : CheckResult.failed(CheckResult.Failure.TIMEOUT, ""), now);
        health.checked(REFUSED, later(500));

        HealthTransition change = requireNonNull(health.checked(CheckResult.failed(failure, ""), later(500)));

        assertThat(change.to()).isEqualTo(UNHEALTHY);
        assertThat(change.contact()).isEqualTo(contact);
    }

    @Test
    void aNewWorkerIsConvictedByOneFailedCheckWhileTrafficComplains() {
        health.answered(silent(WORKER, 1, 1), now);

        assertChange(health.checked(REFUSED, later(20)), UNPROVEN, UNHEALTHY, Cause.CHECK, "connection refused");
    }

    @Test
    void aNewWorkerIsNeverEjected() {
        TrafficReport report = bad(WORKER, 10, 10);
        health.answered(report, now);

        assertThat(health.failsInARow(report)).isFalse();
    }

    @Test
    void failedChecksInARowConvictAHealthyWorker() {
        healthy();
        health.checked(UNWELL, now);
        health.checked(UNWELL, later(500));

        HealthTransition change = health.checked(UNWELL, later(500));

        assertChange(change, HEALTHY, UNHEALTHY, Cause.CHECK, "status 503");
        assertThat(requireNonNull(change).contact()).isEqualTo(Contact.ANSWERS);
        assertThat(health.suspected()).isFalse();
    }

    @Test
    void aGoodCheckBetweenFailedOnesBeginsTheRowAnew() {
        healthy();
        for (int i = 0; i < 10; i++) {
            assertThat(health.checked(UNWELL, later(500))).isNull();
            assertThat(health.checked(UNWELL, later(500))).isNull();
            assertThat(health.checked(GOOD, later(500))).isNull();
            assertThat(health.suspected()).isFalse();
        }
    }

    @Test
    void oneFailedCheckConvictsWhileTrafficComplains() {
        healthy();
        health.answered(silent(WORKER, 1, 1), now);
        assertThat(health.suspected()).isTrue();

        HealthTransition change = health.checked(REFUSED, later(3));

        assertChange(change, HEALTHY, UNHEALTHY, Cause.CHECK, "connection refused");
        assertThat(requireNonNull(change).since()).isEqualTo(Duration.ofMillis(3).toNanos());
    }

    @Test
    void badAnswersComplainButAreNoReasonForACheck() {
        healthy();
        health.answered(bad(WORKER, 1, 1), now);
        assertThat(health.suspected()).isFalse();

        assertChange(health.checked(UNWELL, later(1000)), HEALTHY, UNHEALTHY, Cause.CHECK, "status 503");
    }

    @Test
    void attemptsThatWaitInVainComplain() {
        healthy();
        health.answered(waiting(WORKER), now);
        assertThat(health.suspected()).isTrue();

        assertChange(health.checked(REFUSED, later(10)), HEALTHY, UNHEALTHY, Cause.CHECK, "connection refused");
    }

    @Test
    void aGoodAnswerTakesAComplaintBackAndLeavesTheCheck() {
        healthy();
        health.answered(silent(WORKER, 1, 1), now);
        health.answered(good(WORKER, 1), later(100));

        assertThat(health.suspected()).isTrue();
        assertThat(health.checked(REFUSED, later(1))).isNull();
    }

    @Test
    void aGoodCheckRefutesAComplaint() {
        healthy();
        health.answered(silent(WORKER, 1, 1), now);
        health.checked(GOOD, later(1));

        assertThat(health.suspected()).isFalse();
        assertThat(health.checked(REFUSED, later(1))).isNull();
    }

    @Test
    void tooManyBadAnswersInARowEject() {
        healthy();
        TrafficReport four = bad(WORKER, 4, 4);
        health.answered(four, now);
        assertThat(health.failsInARow(four)).isFalse();
        TrafficReport five = bad(WORKER, 1, 5);
        health.answered(five, later(100));
        assertThat(health.failsInARow(five)).isTrue();

        HealthTransition change = health.eject(Cause.FAILURES, "5 failures in a row", now);

        assertChange(change, HEALTHY, UNHEALTHY, Cause.FAILURES, "5 failures in a row");
        assertThat(change.contact()).isEqualTo(Contact.ANSWERS);
        assertThat(change.since()).isEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(health.ejected()).isTrue();
    }

    /** As one that shuts down does: idle connections end, and then there are no new ones. */
    @Test
    void anEjectionIsARefusalIfAConnectionInTheRowWasRefusedAndNoneOfItWasAnAnswer() {
        healthy();
        health.answered(silent(WORKER, 2, 2), now);
        health.answered(refused(WORKER, 3, 5), now);
        assertThat(health.eject(Cause.FAILURES, "", now).contact()).isEqualTo(Contact.REFUSES);

        healthy();
        health.answered(refused(WORKER, 3, 3), now);
        health.answered(silent(WORKER, 2, 5), now);
        assertThat(health.eject(Cause.FAILURES, "", now).contact()).isEqualTo(Contact.REFUSES);

        healthy();
        health.answered(refused(WORKER, 3, 3), now);
        health.answered(bad(WORKER, 2, 5), now);
        assertThat(health.eject(Cause.FAILURES, "", now).contact()).isEqualTo(Contact.ANSWERS);

        healthy();
        health.answered(refused(WORKER, 3, 3), now);
        health.answered(good(WORKER, 1), now);
        health.answered(silent(WORKER, 5, 5), now);
        assertThat(health.eject(Cause.FAILURES, "", now).contact()).as("the refusals were of another row").isEqualTo(Contact.SILENT);
    }

    @Test
    void anEjectionIsSilentOnlyIfNoneOfTheRowWasAnAnswer() {
        healthy();
        health.answered(bad(WORKER, 1, 1), now);
        health.answered(silent(WORKER, 4, 5), now);
        assertThat(health.eject(Cause.FAILURES, "", now).contact()).isEqualTo(Contact.ANSWERS);

        healthy();
        health.answered(silent(WORKER, 2, 2), now);
        health.answered(silent(WORKER, 3, 5), now);
        assertThat(health.eject(Cause.FAILURES, "", now).contact()).isEqualTo(Contact.SILENT);

        healthy();
        health.answered(refused(WORKER, 5, 5), now);
        assertThat(health.eject(Cause.SUCCESS_RATE, "", now).contact()).isEqualTo(Contact.ANSWERS);
    }

    @Test
    void withoutEjectionAnswersAloneTakeNobodyOut() {
        health = new WorkerHealth(WORKER, with(CHECK, null), now);
        healthyByCheck();
        TrafficReport many = bad(WORKER, 100, 100);
        health.answered(many, now);

        assertThat(health.failsInARow(many)).isFalse();
    }

    @Test
    void goodChecksInARowMakeAConvictedWorkerRecover() {
        convicted();
        assertThat(health.checked(GOOD, later(5000))).isNull();
        assertThat(health.checked(REFUSED, later(5000))).isNull();
        assertThat(health.checked(GOOD, later(5000))).isNull();

        assertChange(health.checked(GOOD, later(5000)), UNHEALTHY, PROBATION, Cause.CHECK, "connected");
    }

    @Test
    void goodAnswersDontMakeAConvictedWorkerWellButAskForACheck() {
        convicted();
        TrafficReport report = good(WORKER, 1000);

        assertThat(health.answered(report, now)).isNull();
        assertThat(health.health()).isEqualTo(UNHEALTHY);
        assertThat(health.wantsCheck(report)).isTrue();
        assertThat(health.wantsCheck(bad(WORKER, 1, 1))).isFalse();
    }

    @Test
    void anEjectionEndsByTimeWhateverChecksSay() {
        ejected();
        for (int i = 0; i < 9; i++) {
            assertThat(health.checked(GOOD, later(1000))).isNull();
            assertThat(health.due(now)).isNull();
        }
        assertThat(health.nextDue(now)).isEqualTo(now + Duration.ofSeconds(1).toNanos());

        assertChange(health.due(later(1000)), UNHEALTHY, PROBATION, Cause.TIME, "the time of its ejection is over");
        assertThat(health.ejected()).isFalse();
    }

    @Test
    void checksTakeAnEjectionOver() {
        ejected();
        assertThat(health.checked(UNWELL, later(1))).as("traffic complained: one is enough").isNull();

        assertThat(health.health()).isEqualTo(UNHEALTHY);
        assertThat(health.ejected()).isFalse();
        assertThat(health.nextDue(now)).isEqualTo(LoopTime.NEVER);
        assertThat(health.due(later(60_000))).isNull();
        health.checked(GOOD, now);
        assertChange(health.checked(GOOD, now), UNHEALTHY, PROBATION, Cause.CHECK, "connected");
    }

    @Test
    void whatTakesAnEjectionOverTellsThatItIsGraver() {
        ejected();

        HealthTransition change = health.checked(UNREACHABLE, later(1));

        assertGraver(change, Contact.SILENT, "no route to host");
        assertThat(health.ejected()).isFalse();
    }

    @Test
    void oneThatRefusedAndIsEjectedMayBeUnreachableLater() {
        healthy();
        health.answered(refused(WORKER, 5, 5), now);
        assertThat(health.eject(Cause.FAILURES, "", now).contact()).isEqualTo(Contact.REFUSES);

        assertGraver(health.checked(UNREACHABLE, later(1)), Contact.SILENT, "no route to host");
    }

    @Test
    void oneThatAnsweredBadlyAndIsGoneLaterIsToldOfAgain() {
        convicted(UNWELL);
        assertThat(health.checked(UNREACHABLE, later(5000))).isNull();
        assertThat(health.suspected()).as("asked again soon").isTrue();
        assertThat(health.checked(UNREACHABLE, later(500))).isNull();

        assertGraver(health.checked(UNREACHABLE, later(500)), Contact.SILENT, "no route to host");
        assertThat(health.suspected()).isFalse();
        assertThat(health.checked(UNREACHABLE, later(5000))).as("told once").isNull();
        assertThat(health.suspected()).isFalse();
    }

    /** As one that drains does: it resets what stands in line for it when it closes its listening socket, and refuses from then on. */
    @Test
    void theMildestOfTheRowIsTold() {
        convicted(UNWELL);
        health.checked(UNREACHABLE, later(5000));
        health.checked(REFUSED, later(500));

        assertGraver(health.checked(REFUSED, later(500)), Contact.REFUSES, "connection refused");
    }

    @Test
    void anAnswerBetweenBeginsTheRowAnew() {
        convicted(UNWELL);
        for (int i = 0; i < 10; i++) {
            assertThat(health.checked(UNREACHABLE, later(500))).isNull();
            assertThat(health.checked(UNREACHABLE, later(500))).isNull();
            assertThat(health.checked(i % 2 == 0 ? UNWELL : GOOD, later(500))).isNull();
            assertThat(health.suspected()).isFalse();
        }
    }

    @Test
    void oneThatAnsweredAgainAndIsSilentAgainIsToldOfAgain() {
        convicted(UNREACHABLE);
        health.checked(UNWELL, later(5000));
        health.checked(UNREACHABLE, later(5000));
        health.checked(UNREACHABLE, later(500));

        assertGraver(health.checked(UNREACHABLE, later(500)), Contact.SILENT, "no route to host");
    }

    @Test
    void underAnotherCheckTheRowBeginsAnew() {
        convicted(UNWELL);
        health.checked(UNREACHABLE, later(5000));
        health.checked(UNREACHABLE, later(500));
        var elsewhere = new CheckSettings(CHECK.kind(), 81, CHECK.interval(), CHECK.timeout(), 2, 3);
        assertThat(health.change(with(elsewhere, EJECTION), now)).isNull();
        assertThat(health.suspected()).isFalse();

        assertThat(health.checked(UNREACHABLE, later(500))).isNull();
    }

    @Test
    void aFailedCheckConvictsAtOnceOnProbation() {
        probation();

        assertChange(health.checked(UNWELL, later(5000)), PROBATION, UNHEALTHY, Cause.CHECK, "status 503");
    }

    @Test
    void aBadAnswerEjectsAtOnceOnProbation() {
        probation();
        TrafficReport report = bad(WORKER, 1, 1);
        health.answered(report, now);
        assertThat(health.failsInARow(report)).isTrue();

        assertChange(health.eject(Cause.FAILURES, "a failure", now), PROBATION, UNHEALTHY, Cause.FAILURES, "a failure");
    }

    @Test
    void onProbationAsManyGoodAnswersAsEjectAreATrialThatIsPassed() {
        probation();
        health.answered(good(WORKER, 4), now);
        assertThat(health.failsInARow(bad(WORKER, 1, 1))).isTrue();
        assertThat(health.failsInARow(Samples.mixed(WORKER, 20, 1))).as("mostly good").isFalse();

        health.answered(good(WORKER, 1), now);

        assertThat(health.failsInARow(bad(WORKER, 4, 4))).isFalse();
        assertThat(health.failsInARow(bad(WORKER, 1, 5))).isTrue();
    }

    @Test
    void probationEndsByTimeAndAGoodAnswer() {
        probation();
        assertThat(health.answered(good(WORKER, 3), later(29_999))).isNull();
        assertThat(health.nextDue(now)).isEqualTo(now + Duration.ofMillis(1).toNanos());

        assertChange(health.due(later(1)), PROBATION, HEALTHY, Cause.ANSWERS, "its answers are good");
    }

    @Test
    void probationEndsByTimeAndAGoodCheck() {
        probation();
        health.checked(GOOD, later(5000));

        assertChange(health.due(later(25_000)), PROBATION, HEALTHY, Cause.CHECK, "its checks pass");
    }

    @Test
    void probationDoesNotEndByTimeAlone() {
        probation();
        assertThat(health.due(later(60_000))).isNull();
        assertThat(health.nextDue(now)).isEqualTo(LoopTime.NEVER);

        assertChange(health.checked(GOOD, later(1)), PROBATION, HEALTHY, Cause.CHECK, "its checks pass");
    }

    @Test
    void probationDoesNotEndWhileSomethingSpeaksAgainstTheWorker() {
        probation();
        health.answered(good(WORKER, 10), later(20_000));
        health.answered(silent(WORKER, 1, 1), later(9_900));
        assertThat(health.due(later(100))).isNull();

        assertChange(health.checked(GOOD, later(1)), PROBATION, HEALTHY, Cause.ANSWERS, "its answers are good");
    }

    @Test
    void withoutSlowStartTheNextGoodWordEndsProbation() {
        health = new WorkerHealth(WORKER, new HealthSettings(CHECK, EJECTION, null), now);
        probationByChecks();
        assertThat(health.nextDue(now)).isEqualTo(LoopTime.NEVER);

        assertChange(health.answered(good(WORKER, 1), later(1)), PROBATION, HEALTHY, Cause.ANSWERS, "its answers are good");
    }

    @Test
    void whoIsNotCheckedIsHealthyFromTheStart() {
        health = new WorkerHealth(WORKER, UNCHECKED, now);

        assertChange(health.begin(now), UNPROVEN, HEALTHY, Cause.SETTINGS, "not checked");
    }

    @Test
    void withoutChecksTrafficAloneJudges() {
        health = new WorkerHealth(WORKER, UNCHECKED, now);
        health.begin(now);
        TrafficReport report = silent(WORKER, 5, 5);
        health.answered(report, now);
        assertThat(health.suspected()).isFalse();
        assertThat(health.failsInARow(report)).isTrue();
        HealthTransition out = health.eject(Cause.FAILURES, "5 failures in a row", later(10));
        assertThat(out.contact()).isEqualTo(Contact.SILENT);
        assertThat(out.since()).isEqualTo(Duration.ofMillis(10).toNanos());

        assertChange(health.due(later(10_000)), UNHEALTHY, PROBATION, Cause.TIME, "the time of its ejection is over");
        assertThat(health.due(later(30_000))).isNull();
        assertChange(health.answered(good(WORKER, 1), now), PROBATION, HEALTHY, Cause.ANSWERS, "its answers are good");
    }

    @Test
    void anUnprovenWorkerThatIsNoLongerCheckedIsHealthy() {
        assertChange(health.change(UNCHECKED, now), UNPROVEN, HEALTHY, Cause.SETTINGS, "not checked any more");
    }

    @Test
    void aConvictedWorkerThatIsNoLongerCheckedIsOnProbation() {
        convicted();

        assertChange(health.change(UNCHECKED, now), UNHEALTHY, PROBATION, Cause.SETTINGS, "not checked any more");
    }

    @Test
    void anEjectedWorkerIsOnProbationWhenAnswersEjectNoMore() {
        ejected();

        assertChange(health.change(with(CHECK, null), now), UNHEALTHY, PROBATION, Cause.SETTINGS, "not ejected any more");
    }

    @Test
    void otherChangesKeepTheHealthAndCountChecksAnew() {
        healthy();
        health.checked(REFUSED, now);
        health.checked(REFUSED, now);
        var elsewhere = new CheckSettings(CHECK.kind(), 81, CHECK.interval(), CHECK.timeout(), 2, 3);
        assertThat(health.change(with(elsewhere, EJECTION), now)).isNull();
        assertThat(health.suspected()).isFalse();

        assertThat(health.checked(REFUSED, now)).isNull();
        assertThat(health.checked(REFUSED, now)).isNull();
        assertThat(health.checked(REFUSED, now)).isNotNull();
    }

    @Test
    void checksDontTouchWhatAnswersCount() {
        healthy();
        health.answered(bad(WORKER, 4, 4), now);
        health.checked(GOOD, now);

        assertThat(health.report().failedAnswers()).isEqualTo(4);
        assertThat(health.failsInARow(bad(WORKER, 1, 5))).isTrue();
    }

    @Test
    void anEjectionDoesNotTouchWhatChecksCount() {
        healthy();
        health.checked(UNWELL, now);
        health.checked(UNWELL, now);
        health.eject(Cause.FAILURES, "", now);
        assertThat(health.report().failedChecks()).isEqualTo(2);
        assertThat(health.suspected()).isTrue();

        health.checked(UNWELL, now);

        assertThat(health.ejected()).as("the third takes it over").isFalse();
    }

    @Test
    void reportsHowItIs() {
        ejected();
        WorkerReport report = health.report();

        assertThat(report.worker()).isEqualTo(WORKER);
        assertThat(report.health()).isEqualTo(UNHEALTHY);
        assertThat(report.cause()).isEqualTo(Cause.FAILURES);
        assertThat(report.since()).isEqualTo(now);
        assertThat(report.lastCheck()).isEqualTo(GOOD);
        assertThat(report.failedAnswers()).isEqualTo(5);
        assertThat(report.ejections()).isEqualTo(1);
        assertThat(report.ejectedUntil()).isEqualTo(now + EJECTION.time().toNanos());
    }

    private long later(long millis) {
        now += Duration.ofMillis(millis).toNanos();
        return now;
    }

    private void healthy() {
        health = new WorkerHealth(WORKER, SETTINGS, now);
        healthyByCheck();
    }

    private void healthyByCheck() {
        assertThat(health.checked(GOOD, now)).isNotNull();
    }

    private void convicted() {
        convicted(REFUSED);
    }

    private void convicted(CheckResult how) {
        for (int i = 0; i < CHECK.fall(); i++) {
            health.checked(how, later(500));
        }
        assertThat(health.health()).isEqualTo(UNHEALTHY);
    }

    private void probation() {
        health = new WorkerHealth(WORKER, SETTINGS, now);
        probationByChecks();
    }

    private void probationByChecks() {
        convicted();
        for (int i = 0; i < CHECK.rise(); i++) {
            health.checked(GOOD, later(5000));
        }
        assertThat(health.health()).isEqualTo(PROBATION);
    }

    private void ejected() {
        healthy();
        health.answered(bad(WORKER, 5, 5), now);
        health.eject(Cause.FAILURES, "5 failures in a row", now);
    }

    private static void assertGraver(@Nullable HealthTransition change, Contact contact, String detail) {
        assertChange(change, UNHEALTHY, UNHEALTHY, Cause.CHECK, detail);
        assertThat(requireNonNull(change).contact()).isEqualTo(contact);
        assertThat(change.keepsHealth()).isTrue();
    }

    private static void assertChange(@Nullable HealthTransition change, Health from, Health to, Cause cause, String detail) {
        assertThat(change).isNotNull();
        HealthTransition seen = requireNonNull(change);
        assertThat(seen.worker()).isEqualTo(WORKER);
        assertThat(seen.from()).isEqualTo(from);
        assertThat(seen.to()).isEqualTo(to);
        assertThat(seen.cause()).isEqualTo(cause);
        assertThat(seen.detail()).isEqualTo(detail);
    }
}
