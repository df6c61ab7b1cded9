package io.weir.health;

import static io.weir.health.Health.HEALTHY;
import static io.weir.health.Health.PROBATION;
import static io.weir.health.Health.UNHEALTHY;
import static io.weir.health.Samples.CHECK;
import static io.weir.health.Samples.SETTINGS;
import static io.weir.health.Samples.UNCHECKED;
import static io.weir.health.Samples.bad;
import static io.weir.health.Samples.good;
import static io.weir.health.Samples.mixed;
import static io.weir.health.Samples.silent;
import static io.weir.health.Samples.with;
import static io.weir.health.Samples.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.EjectionSettings;
import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who goes out by answers, and who must stay. */
class WatchedPoolTest {
    private final Watch watch = new Watch();
    private final List<Worker> four = workers(4);

    @Test
    void failuresInARowEjectThoughChecksPass() {
        watch(four);
        watch.traffic(bad(four.get(0), 5, 5));

        assertThat(watch.story(four.get(0))).containsExactly("unproven>healthy CHECK", "healthy>unhealthy FAILURES");
        assertThat(watch.transitions.getLast().detail()).isEqualTo("5 failures in a row");
    }

    @Test
    void noMoreThanTheCeilingAreOutAtATime() {
        watch(four);
        four.forEach(worker -> watch.traffic(bad(worker, 5, 5)));

        assertThat(four).extracting(watch::health).containsExactly(UNHEALTHY, UNHEALTHY, HEALTHY, HEALTHY);
    }

    @Test
    void theOthersFollowWhenThereIsRoomAndTheyStillFail() {
        watch(four);
        four.forEach(worker -> watch.traffic(bad(worker, 5, 5)));
        watch.pass(10_001);
        assertThat(four).extracting(watch::health).containsExactly(PROBATION, PROBATION, HEALTHY, HEALTHY);
        watch.traffic(bad(four.get(2), 1, 6));

        assertThat(watch.health(four.get(2))).isEqualTo(UNHEALTHY);
    }

    @Test
    void oneOfTwoMayGo() {
        var tenth = new EjectionSettings(5, 0.1, Duration.ofSeconds(10), false);
        watch.monitor.watch(workers(2), with(CHECK, tenth));
        watch.pass(10);
        watch.traffic(bad(four.get(0), 5, 5), bad(four.get(1), 5, 5));

        assertThat(watch.health(four.get(0))).isEqualTo(UNHEALTHY);
        assertThat(watch.health(four.get(1))).isEqualTo(HEALTHY);
    }

    @Test
    void aCeilingOfNothingEjectsNobody() {
        watch.monitor.watch(four, with(CHECK, new EjectionSettings(5, 0, Duration.ofSeconds(10), false)));
        watch.pass(10);
        watch.traffic(bad(four.get(0), 50, 50));

        assertThat(watch.health(four.get(0))).isEqualTo(HEALTHY);
    }

    @Test
    void theLastAvailableWorkerStays() {
        var all = new EjectionSettings(5, 1, Duration.ofSeconds(10), false);
        watch.monitor.watch(four, with(CHECK, all));
        watch.checks.say(four.get(0).address(), ScriptedChecks.REFUSED);
        watch.pass(10_000);
        assertThat(watch.health(four.get(0))).isEqualTo(UNHEALTHY);
        four.forEach(worker -> watch.traffic(bad(worker, 5, 5)));

        assertThat(four).extracting(watch::health).containsExactly(UNHEALTHY, UNHEALTHY, UNHEALTHY, HEALTHY);
    }

    @Test
    void anOnlyWorkerStays() {
        watch.monitor.watch(workers(1), UNCHECKED);
        watch.traffic(silent(four.get(0), 100, 100));

        assertThat(watch.health(four.get(0))).isEqualTo(HEALTHY);
    }

    /** Those who are well and get no requests, as they weigh nothing or are evacuated, are nobody to leave the traffic to. */
    @Test
    void theLastThatGetsRequestsStays() {
        serving(four.subList(0, 2), Service.NEVER);
        watch(four);
        watch.traffic(bad(four.get(0), 5, 5));
        assertThat(watch.health(four.get(0))).isEqualTo(UNHEALTHY);
        watch.traffic(bad(four.get(1), 5, 5));

        assertThat(four).extracting(watch::health).containsExactly(UNHEALTHY, HEALTHY, HEALTHY, HEALTHY);
    }

    @Test
    void theCeilingIsOneOfThoseThatGetRequestsToo() {
        List<Worker> eight = workers(8);
        serving(eight.subList(0, 4), Service.NEVER);
        watch(eight);
        eight.subList(0, 4).forEach(worker -> watch.traffic(bad(worker, 5, 5)));

        assertThat(eight.subList(0, 4)).extracting(watch::health).containsExactly(UNHEALTHY, UNHEALTHY, HEALTHY, HEALTHY);
    }

    @Test
    void oneThatGetsNoNewRequestsIsEjectedForThoseThatItStillHas() {
        serving(four.subList(1, 4), Service.NEVER);
        watch(four);
        watch.traffic(bad(four.get(0), 5, 5));

        assertThat(watch.health(four.get(0))).isEqualTo(UNHEALTHY);
    }

    /** An evacuated pool whose workers are called back, since nothing else is left. */
    @Test
    void whereNobodyIsInServiceThoseWhoAreCalledBackCount() {
        serving(List.of(), Service.IF_CALLED_BACK);
        watch(four);
        four.forEach(worker -> watch.traffic(bad(worker, 5, 5)));

        assertThat(four).extracting(watch::health).containsExactly(UNHEALTHY, UNHEALTHY, HEALTHY, HEALTHY);
    }

    /** The others weigh nothing, or are evacuated hard. */
    @Test
    void theLastThatIsCalledBackStays() {
        watch.monitor.inService(worker -> worker.equals(four.get(0)) ? Service.IF_CALLED_BACK : Service.NEVER);
        watch(four);
        watch.traffic(bad(four.get(0), 5, 5));

        assertThat(watch.health(four.get(0))).isEqualTo(HEALTHY);
    }

    /** One is enabled and out by checks, so the other is called back. */
    @Test
    void oneThatIsCalledBackStaysWhileThoseInServiceAreOut() {
        serving(four.subList(0, 1), Service.IF_CALLED_BACK);
        watch.checks.say(four.get(0).address(), ScriptedChecks.REFUSED);
        watch(four);
        watch.pass(2000);
        watch.traffic(bad(four.get(1), 5, 5));

        assertThat(four).extracting(watch::health).containsExactly(UNHEALTHY, HEALTHY, HEALTHY, HEALTHY);
    }

    @Test
    void whereNobodyIsEverCalledBackNobodyGoes() {
        serving(List.of(), Service.NEVER);
        watch(four);
        watch.traffic(bad(four.get(0), 5, 5));

        assertThat(watch.health(four.get(0))).isEqualTo(HEALTHY);
    }

    @Test
    void thoseThatChecksConvictedTakeNoRoomUnderTheCeiling() {
        four.subList(0, 2).forEach(worker -> watch.checks.say(worker.address(), ScriptedChecks.REFUSED));
        watch(four);
        watch.pass(2000);
        watch.traffic(bad(four.get(2), 5, 5));

        assertThat(four).extracting(watch::health).containsExactly(UNHEALTHY, UNHEALTHY, UNHEALTHY, HEALTHY);
        assertThat(watch.report(four.get(2)).ejected()).isTrue();
        assertThat(watch.report(four.get(0)).ejected()).isFalse();
    }

    @Test
    void anEjectedWorkerComesBackByItselfAndStaysOutLongerTheNextTime() {
        watch.monitor.watch(four, UNCHECKED);
        watch.traffic(silent(four.get(0), 5, 5));
        watch.pass(10_001);
        assertThat(watch.health(four.get(0))).isEqualTo(PROBATION);
        watch.traffic(silent(four.get(0), 1, 6));
        watch.pass(19_990);
        assertThat(watch.health(four.get(0))).isEqualTo(UNHEALTHY);
        watch.pass(11);
        watch.traffic(good(four.get(0), 1));
        watch.pass(30_001);

        assertThat(watch.story(four.get(0)))
                .containsExactly(
                        "unproven>healthy SETTINGS",
                        "healthy>unhealthy FAILURES",
                        "unhealthy>probation TIME",
                        "probation>unhealthy FAILURES",
                        "unhealthy>probation TIME",
                        "probation>healthy ANSWERS");
        assertThat(watch.report(four.get(0)).ejections()).isEqualTo(2);
    }

    @Test
    void oneThatFailsFarMoreThanTheOthersIsEjectedWithinSeconds() {
        watch(four);
        seconds(3, 0.3, 0, 0, 0.01);

        assertThat(watch.health(four.get(0))).isEqualTo(UNHEALTHY);
        HealthTransition last = watch.transitions.getLast();
        assertThat(last.cause()).isEqualTo(Cause.SUCCESS_RATE);
        assertThat(last.detail()).isEqualTo("70% of its answers are good, 99% of the others'");
        assertThat(last.contact()).isEqualTo(Contact.ANSWERS);
    }

    @Test
    void aPoolThatFailsAlikeKeepsItsWorkers() {
        watch(four);
        seconds(60, 0.4, 0.4, 0.35, 0.45);

        assertThat(four).extracting(watch::health).containsOnly(HEALTHY);
    }

    @Test
    void theWorstGoesFirstAndTheOthersAreComparedAnew() {
        watch(four);
        seconds(2, 0.4, 0.9, 0, 0);
        assertThat(four).extracting(watch::health).containsExactly(HEALTHY, UNHEALTHY, HEALTHY, HEALTHY);
        seconds(3, 0.4, 0, 0, 0);

        assertThat(four).extracting(watch::health).containsExactly(UNHEALTHY, UNHEALTHY, HEALTHY, HEALTHY);
    }

    @Test
    void answersOfAnEarlierWindowCountNoMore() {
        watch(four);
        watch.traffic(mixed(four.get(0), 45, 45), good(four.get(1), 300));
        watch.pass(11_000);
        watch.traffic(mixed(four.get(0), 45, 45), good(four.get(1), 300));
        watch.pass(2000);
        watch.traffic(good(four.get(1), 1));

        assertThat(watch.health(four.get(0))).isEqualTo(HEALTHY);
        watch.traffic(mixed(four.get(0), 5, 5));
        watch.pass(1000);
        watch.traffic(good(four.get(1), 1));
        assertThat(watch.health(four.get(0))).isEqualTo(UNHEALTHY);
    }

    /** They were good, so nobody was told of them until one failed. */
    @Test
    void earlierAnswersCountInRatesAndNowhereElse() {
        watch(four);
        watch.traffic(
                TrafficReport.ofEarlier(four.get(1), 300),
                new TrafficReport(four.get(0), 0, 60, 0, 0, 0, false, 100),
                TrafficReport.ofEarlier(four.get(2), 50));
        watch.pass(1000);
        watch.traffic(bad(four.get(3), 1, 1));
        assertThat(watch.transitions.getLast().detail()).isEqualTo("62% of its answers are good, 100% of the others'");

        watch.pass(10_001);
        assertThat(watch.health(four.get(0))).isEqualTo(PROBATION);
        for (int i = 0; i < 40; i++) {
            watch.traffic(TrafficReport.ofEarlier(four.get(0), 100));
            watch.pass(1000);
        }
        assertThat(watch.story(four.get(0))).as("no trial is passed by them").last().isEqualTo("probation>healthy CHECK");
    }

    private void serving(List<Worker> those, Service others) {
        watch.monitor.inService(worker -> those.contains(worker) ? Service.SERVES : others);
    }

    private void watch(List<Worker> workers) {
        watch.monitor.watch(workers, SETTINGS);
        watch.pass(100);
    }

    /** Each worker answers 100 requests a second, of which such parts badly, the good ones last. */
    private void seconds(int seconds, double... failing) {
        for (int second = 0; second < seconds; second++) {
            for (int i = 0; i < failing.length; i++) {
                int bad = (int) Math.round(100 * failing[i]);
                watch.traffic(mixed(four.get(i), 100 - bad, bad));
            }
            watch.pass(1000);
        }
    }
}
