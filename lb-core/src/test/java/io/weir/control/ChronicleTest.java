package io.weir.control;

import static io.weir.control.ControlRig.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.Incident.FailbackBegan;
import io.weir.control.Incident.FailbackDone;
import io.weir.control.Incident.FailedOver;
import io.weir.control.Incident.FailoverMeasured;
import io.weir.control.Incident.PanicBegan;
import io.weir.control.Incident.PanicEnded;
import io.weir.control.Measured.Outcome;
import io.weir.failover.Scope;
import io.weir.health.Health;
import io.weir.health.HealthTransition.Cause;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is told of the traffic of apps while workers are lost and come back, and what failovers are found to have taken. */
class ChronicleTest {
    private static final String CONFIG = """
            domains: [cloudhub.example]
            here: { region: ca-c1, zone: ca-c1a }
            listeners: [ { bind: ":8080" } ]
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b, ca-c1c] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
            apps:
              orders:
                pools:
                  ca-c1: { workers: [ { address: "10.0.0.1:1", zone: ca-c1a }, { address: "10.0.0.2:1", zone: ca-c1a },
                                      { address: "10.0.0.3:1", zone: ca-c1b }, { address: "10.0.0.4:1", zone: ca-c1b },
                                      { address: "10.0.0.5:1", zone: ca-c1c }, { address: "10.0.0.6:1", zone: ca-c1c } ] }
                  us-e1: { workers: [ { address: "10.0.1.1:1", zone: us-e1a } ] }
                failover: { to: [us-e1], failback: { hold: 1m, ramp: 30s } }
                objective: { rto: 2s }
            """;

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ControlRig rig = new ControlRig(CONFIG);

    /** All workers have had a good first check. */
    private void begin() {
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(SECOND);
        rig.incidents.clear();
    }

    @Test
    void aZoneThatIsLostIsOneFailover() {
        begin();
        rig.pass(SECOND, 10, in("ca-c1"));
        rig.requests(0, 5, in("ca-c1a"));
        rig.app("orders").app().setbacks().retried(rig.now());
        rig.pass(TICK, 10, in("ca-c1").and(in("ca-c1a").negate()));
        rig.become(Health.UNHEALTHY, Duration.ofMillis(90), in("ca-c1a"));
        rig.pass(Duration.ofSeconds(3), 10, in("ca-c1").and(in("ca-c1a").negate()));

        assertThat(rig.told(FailedOver.class)).singleElement().satisfies(it -> {
            assertThat(it.lost()).isEqualTo("zone ca-c1a");
            assertThat(it.asked()).isEqualTo("ca-c1");
            assertThat(it.share()).isBetween(0.9, 1.0); // 1.4 x 4 of 6: the rest goes to us-e1
        });
        assertThat(rig.told(FailoverMeasured.class)).singleElement().satisfies(told -> {
            Measured it = told.measured();
            assertThat(it.lost()).isEqualTo("zone ca-c1a");
            assertThat(it.evacuated()).isFalse();
            assertThat(it.detected()).isEqualTo(Duration.ofMillis(90));
            assertThat(it.decided()).isEqualTo(Duration.ofMillis(92));
            assertThat(it.answered()).isBetween(Duration.ofMillis(92), Duration.ofMillis(192));
            assertThat(it.outcome()).isEqualTo(Outcome.MOVED);
            assertThat(it.moved()).isBetween(Duration.ofMillis(92), Duration.ofMillis(1192));
            assertThat(it.failed()).isZero();
            assertThat(it.retried()).isEqualTo(1);
            assertThat(it.objective()).isEqualTo(Duration.ofSeconds(2));
            assertThat(it.missed()).isFalse();
            assertThat(rig.app("orders").lastMeasured()).isEqualTo(it);
        });
        assertThat(rig.control.counts().zoneFailovers()).isEqualTo(1);
        assertThat(rig.control.counts().measured(Outcome.MOVED)).isEqualTo(1);
        assertThat(rig.control.counts().missed()).isZero();
    }

    @Test
    void oneWorkerOfSeveralInAZoneIsNone() {
        begin();
        rig.become(Health.UNHEALTHY, Duration.ZERO, worker -> worker.address().host().equals("10.0.0.1"));
        rig.pass(Duration.ofMinutes(2));

        assertThat(rig.incidents).isEmpty();
        assertThat(rig.control.counts().workers(Health.UNHEALTHY)).isEqualTo(1);
        assertThat(rig.control.counts().transitions(Cause.CHECK, Health.UNHEALTHY)).isEqualTo(1);
    }

    @Test
    void aRegionThatIsLostAndComesBack() {
        begin();
        rig.become(Health.UNHEALTHY, Duration.ofSeconds(3), in("ca-c1"));
        rig.pass(Duration.ofSeconds(20));

        assertThat(rig.told(FailedOver.class)).singleElement().satisfies(it -> assertThat(it.lost()).isEqualTo("tier ca-c1"));
        assertThat(rig.told(FailoverMeasured.class)).singleElement().satisfies(told -> {
            assertThat(told.measured().outcome()).isEqualTo(Outcome.TOO_LITTLE_TRAFFIC);
            assertThat(told.measured().answered()).isNull();
            assertThat(told.measured().took()).isEqualTo(Duration.ofMillis(3002));
            assertThat(told.measured().missed()).isTrue();
            assertThat(told.measured().began()).isEqualTo(ControlRig.BEGIN.plusMillis(100 + 1000 - 3000));
        });
        assertThat(rig.control.counts().missed()).isEqualTo(1);

        rig.become(Health.HEALTHY, Duration.ZERO, in("ca-c1"));
        rig.pass(Duration.ofSeconds(70)); // one check interval, the hold, and a part of the ramp
        assertThat(rig.told(FailbackBegan.class)).singleElement().satisfies(it -> assertThat(it.away()).isBetween(
                Duration.ofSeconds(85), Duration.ofSeconds(86)));
        assertThat(rig.told(FailbackDone.class)).isEmpty();
        rig.app("orders").app().setbacks().failed(rig.now());

        rig.pass(Duration.ofSeconds(30));
        assertThat(rig.told(FailbackDone.class)).singleElement().satisfies(it -> {
            assertThat(it.tier()).isEqualTo("ca-c1");
            assertThat(it.took()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
            assertThat(it.failed()).isEqualTo(1);
        });
        assertThat(rig.control.counts().failbacks()).isEqualTo(1);
        assertThat(rig.told(FailedOver.class)).hasSize(1);
    }

    @Test
    void aRelapseIsAnotherFailover() {
        begin();
        rig.become(Health.UNHEALTHY, SECOND, in("ca-c1"));
        rig.pass(Duration.ofSeconds(20));
        rig.become(Health.HEALTHY, Duration.ZERO, in("ca-c1"));
        rig.pass(Duration.ofSeconds(70));
        rig.become(Health.UNHEALTHY, SECOND, in("ca-c1"));
        rig.pass(Duration.ofSeconds(20));

        assertThat(rig.told(FailedOver.class)).hasSize(2);
        assertThat(rig.told(FailoverMeasured.class)).hasSize(2);
        assertThat(rig.told(FailbackDone.class)).isEmpty();
    }

    @Test
    void aZoneAfterAnotherIsMeasuredTogether() {
        begin();
        rig.become(Health.UNHEALTHY, Duration.ofMillis(500), in("ca-c1a"));
        rig.pass(Duration.ofMillis(300), 50, in("us-e1"));
        rig.become(Health.UNHEALTHY, Duration.ofMillis(200), in("ca-c1b"));
        rig.pass(Duration.ofSeconds(3), 50, in("us-e1"));

        assertThat(rig.told(FailoverMeasured.class)).singleElement().satisfies(told -> {
            assertThat(told.measured().detected()).isEqualTo(Duration.ofMillis(800));
            assertThat(told.measured().decided()).isEqualTo(Duration.ofMillis(802));
        });
    }

    @Test
    void whatWasLostBeforeHasNoPartInTheNextFailover() {
        begin();
        rig.become(Health.UNHEALTHY, Duration.ofMillis(500), in("ca-c1a"));
        rig.pass(Duration.ofSeconds(3), 50, in("ca-c1").and(in("ca-c1a").negate()));
        rig.become(Health.UNHEALTHY, Duration.ofMillis(200), in("ca-c1b"));
        rig.pass(Duration.ofSeconds(3), 50, in("ca-c1c"));

        assertThat(rig.told(FailoverMeasured.class)).extracting(told -> told.measured().lost()).containsExactly("zone ca-c1a", "zone ca-c1b");
        assertThat(rig.told(FailoverMeasured.class).getLast().measured().detected()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void anEvacuationIsMeasuredFromTheWord() {
        begin();
        rig.pass(SECOND, 10, in("ca-c1"));
        rig.evacuate(new Scope(Scope.Kind.REGION, "ca-c1"), Duration.ofMinutes(10));
        rig.pass(Duration.ofSeconds(3), 40, in("us-e1"));

        assertThat(rig.told(FailoverMeasured.class)).singleElement().satisfies(told -> {
            assertThat(told.measured().evacuated()).isTrue();
            assertThat(told.measured().detected()).isZero();
            assertThat(told.measured().decided()).isZero();
            assertThat(told.measured().outcome()).isEqualTo(Outcome.MOVED);
        });
        assertThat(rig.told(PanicBegan.class)).isEmpty();
    }

    @Test
    void workersThatWereEvacuatedAreNotLostAgain() {
        begin();
        rig.evacuate(Scope.parse("zone=ca-c1a"), Duration.ofMinutes(10));
        rig.pass(Duration.ofSeconds(20));
        assertThat(rig.told(FailedOver.class)).hasSize(1);
        assertThat(rig.told(FailoverMeasured.class)).hasSize(1);

        rig.become(Health.UNHEALTHY, SECOND, worker -> worker.address().host().equals("10.0.0.1"));
        rig.pass(SECOND);
        rig.become(Health.UNHEALTHY, SECOND, in("ca-c1a"));
        rig.pass(Duration.ofSeconds(20));
        assertThat(rig.told(FailedOver.class)).hasSize(1);
        assertThat(rig.told(FailoverMeasured.class)).hasSize(1);
    }

    @Test
    void whatIsEvacuatedAlreadyIsNotSentAwayAgain() {
        begin();
        rig.evacuate(Scope.parse("zone=ca-c1a"), Duration.ofMinutes(10));
        rig.pass(Duration.ofSeconds(20));
        rig.evacuate(Scope.parse("zone=ca-c1a"), Duration.ofMinutes(20));
        rig.pass(SECOND);
        rig.evacuate(Scope.parse("worker=10.0.0.1:1"), Duration.ofMinutes(20));
        rig.pass(Duration.ofSeconds(20));

        assertThat(rig.told(FailedOver.class)).hasSize(1);
        assertThat(rig.told(FailoverMeasured.class)).hasSize(1);
    }

    @Test
    void aZoneThatIsDownAlreadyIsNotLostByItsEvacuation() {
        begin();
        rig.become(Health.UNHEALTHY, SECOND, in("ca-c1a"));
        rig.pass(Duration.ofSeconds(20));
        rig.evacuate(Scope.parse("zone=ca-c1a"), Duration.ofMinutes(10));
        rig.pass(Duration.ofSeconds(20));

        assertThat(rig.told(FailedOver.class)).hasSize(1);
        assertThat(rig.told(FailoverMeasured.class)).hasSize(1);
    }

    @Test
    void theRestOfAZoneIsLostByItsEvacuation() {
        begin();
        rig.evacuate(Scope.parse("worker=10.0.0.1:1"), Duration.ofMinutes(10));
        rig.pass(SECOND);
        assertThat(rig.told(FailedOver.class)).isEmpty();
        rig.evacuate(Scope.parse("zone=ca-c1a"), Duration.ofMinutes(10));
        rig.pass(SECOND);

        assertThat(rig.told(FailedOver.class)).singleElement().satisfies(it -> assertThat(it.lost()).isEqualTo("zone ca-c1a"));
    }

    /** As where a hundred thousand apps come before. */
    @Test
    void anEvacuationThatComesToAnAppLateIsMeasuredFromTheWordToo() {
        begin();
        Duration late = Duration.ofSeconds(3);
        Instant word = rig.instant();
        rig.holdUp(late, () -> rig.evacuate(Scope.parse("region=ca-c1"), Duration.ofMinutes(10)));
        rig.pass(Duration.ofSeconds(20));

        assertThat(rig.told(FailoverMeasured.class)).singleElement().satisfies(told -> {
            assertThat(told.measured().evacuated()).isTrue();
            assertThat(told.measured().began()).isEqualTo(word);
            assertThat(told.measured().detected()).isZero();
            assertThat(told.measured().decided()).isEqualTo(late);
            assertThat(told.measured().missed()).isTrue();
        });
    }

    @Test
    void aListenerThatFailsEndsNoMeasuring() {
        begin();
        rig.failsAt = FailoverMeasured.class;
        rig.become(Health.UNHEALTHY, SECOND, in("ca-c1a"));
        rig.pass(Duration.ofSeconds(20));
        assertThat(rig.told(FailoverMeasured.class)).isEmpty();
        rig.failsAt = null;
        rig.become(Health.UNHEALTHY, SECOND, in("ca-c1b"));
        rig.pass(Duration.ofSeconds(20));

        assertThat(rig.told(FailoverMeasured.class)).hasSize(1);
    }

    @Test
    void aZoneThatWasNeverWellIsNone() {
        rig.become(Health.HEALTHY, Duration.ZERO, in("ca-c1a").negate());
        rig.become(Health.UNHEALTHY, SECOND, in("ca-c1a"));
        rig.pass(Duration.ofSeconds(30));

        assertThat(rig.told(FailoverMeasured.class)).isEmpty();
        assertThat(rig.control.counts().zoneFailovers()).isZero();
    }

    @Test
    void panicIsToldWhenItBeginsAndWhenItEnds() {
        begin();
        rig.become(Health.UNHEALTHY, SECOND, _ -> true);
        rig.pass(SECOND);
        assertThat(rig.told(PanicBegan.class)).extracting(PanicBegan::asked).containsExactlyInAnyOrder("ca-c1", "us-e1");
        assertThat(rig.control.counts().inPanic()).isEqualTo(2);

        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(SECOND);
        assertThat(rig.told(PanicEnded.class)).hasSize(2);
        assertThat(rig.control.counts().inPanic()).isZero();
        assertThat(rig.control.counts().panics()).isEqualTo(2);
    }

    @Test
    void whatAnAppCouldNotBearIsKeptUp() {
        begin();
        assertThat(rig.app("orders").risks()).isEqualTo(new Risks(1, 1, false)); // us-e1 and its one zone, for those who ask for it
        assertThat(rig.control.counts().appsWithZoneRisks()).isEqualTo(1);

        rig.become(Health.UNHEALTHY, SECOND, in("us-e1"));
        rig.pass(SECOND);
        assertThat(rig.app("orders").risks().shortNow()).isTrue();
        assertThat(rig.app("orders").risks().zones()).isEqualTo(4);
        assertThat(rig.control.counts().appsShortNow()).isEqualTo(1);

        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(SECOND);
        assertThat(rig.app("orders").risks().shortNow()).isFalse();
        assertThat(rig.control.counts().appsShortNow()).isZero();
    }
}
