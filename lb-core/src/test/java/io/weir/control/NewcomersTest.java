package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewcomersTest {
    private static final String TWO_REGIONS = """
            domains: [d.example]
            here: {region: r1, zone: r1a}
            regions: {r1: {jurisdiction: XX, zones: [r1a, r1b]}, r2: {jurisdiction: XX, zones: [r2a]}}
            listeners: [{bind: ":8080"}]
            apps:
              one: {pools: {r1: {workers: [{address: "127.0.0.1:1", zone: r1a}, {address: "127.0.0.1:2", zone: r1b}]},
                            r2: {workers: [{address: "127.0.0.1:3", zone: r2a}]}}}
              two: {pools: {r2: {workers: [{address: "127.0.0.1:4", zone: r2a}]}}}
            """;

    private final ControlRig rig = new ControlRig(TWO_REGIONS);
    private int known;
    private final Newcomers newcomers = new Newcomers(rig.control.apps(), () -> known++);

    private void become(Health health, String address) {
        rig.become(health, Duration.ZERO, worker -> worker.address().toString().equals(address));
        rig.control.apps().forEach(newcomers::heard);
        newcomers.tell();
    }

    @Test
    void aPoolIsKnownWithItsFirstAvailableWorkerAndAnAppWithAllOfItsPools() {
        become(Health.HEALTHY, "127.0.0.1:2");
        become(Health.HEALTHY, "127.0.0.1:4");
        assertThat(known).isZero(); // nothing of r2 for app one
        become(Health.HEALTHY, "127.0.0.1:3");
        assertThat(known).isEqualTo(1);
        become(Health.UNHEALTHY, "127.0.0.1:1");
        assertThat(known).isEqualTo(1);
    }

    @Test
    void aPoolThatIsDownIsKnownWithItsLastVerdict() {
        become(Health.HEALTHY, "127.0.0.1:3");
        become(Health.UNHEALTHY, "127.0.0.1:4");
        become(Health.UNHEALTHY, "127.0.0.1:1");
        assertThat(known).isZero();
        become(Health.UNHEALTHY, "127.0.0.1:2");
        assertThat(known).isEqualTo(1);
    }

    @Test
    void anAppWhoseWorkersAreAllWellIsKnownBeforeItsPlansAreMade() {
        rig.become(Health.HEALTHY, Duration.ZERO, worker -> !worker.address().toString().equals("127.0.0.1:1"));
        rig.control.apps().forEach(newcomers::foundWell);
        newcomers.tell();
        assertThat(known).isZero(); // for one that has no verdict yet, it must be planned first
        rig.become(Health.HEALTHY, Duration.ZERO, worker -> worker.address().toString().equals("127.0.0.1:1"));
        rig.control.apps().forEach(newcomers::foundWell);
        newcomers.tell();
        assertThat(known).isEqualTo(1);
    }

    @Test
    void anAppWithAWorkerThatCarriesLessThanItsShareIsPlannedFirst() {
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        Worker behind = rig.app("two").workers().getFirst().member().worker();
        rig.control.healthChanged(new HealthTransition(
                behind, Health.HEALTHY, Health.HEALTHY, HealthTransition.Cause.CHECK, "", Contact.ANSWERS, 0, rig.now(), 0.5));
        rig.control.apps().forEach(newcomers::foundWell);
        newcomers.tell();
        assertThat(known).isZero();
    }

    @Test
    void whereThereAreNoAppsNothingIsWaitedFor() {
        new Newcomers(List.of(), () -> known++).tell();
        assertThat(known).isEqualTo(1);
    }
}
