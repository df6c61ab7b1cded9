package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.balancing.Line;
import io.weir.balancing.RecordedTarget;
import io.weir.balancing.StandInTarget;
import io.weir.config.ConfigReader;
import io.weir.failover.ErrorRates;
import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Scope;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.routing.App;
import io.weir.topology.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlTest {
    static final String CONFIG = """
            domains: [d.example]
            here: {region: r1, zone: r1a}
            regions: {r1: {jurisdiction: XX, zones: [r1a, r1b]}, r2: {jurisdiction: XX, zones: [r2a]}}
            listeners: [{bind: ":8080"}]
            apps:
              orders:
                pools: {r1: {workers: [{address: "127.0.0.1:1", zone: r1a}, {address: "127.0.0.1:2", zone: r1b}]},
                        r2: {workers: [{address: "127.0.0.1:3", zone: r2a}]}}
                failover: {to: [r2], failback: {hold: 10s, ramp: 10s}}
              lonely: {pools: {r1: {workers: [{address: "127.0.0.1:4", zone: r1a}]}}}
            """;

    private final ControlRig rig = new ControlRig(CONFIG);
    private final App.RegionPlan plan = Objects.requireNonNull(rig.app("orders").app().in("r1"));

    private List<Double> shares() {
        return plan.plan().shares().stream().map(share -> share.at(rig.now())).toList();
    }

    private void allWell() {
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(1));
    }

    @Test
    void aRegionThatIsLostGivesItsTrafficAwayWithinTheGathering() {
        allWell();
        assertThat(shares()).containsExactly(1.0, 0.0);

        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in("r1"));
        assertThat(shares()).containsExactly(1.0, 0.0);
        rig.pass(Duration.ofNanos(Control.GATHER));
        assertThat(shares()).containsExactly(0.0, 1.0);
    }

    /** With the new plan in force, so that what is given back goes elsewhere. */
    @Test
    void whatIsFoundOfAWorkerThatIsOutIsToldToItsTarget() {
        allWell();
        rig.become(Health.UNHEALTHY, Contact.SILENT, Duration.ZERO, worker -> worker.address().port() == 1);
        rig.become(Health.UNHEALTHY, Contact.REFUSES, Duration.ZERO, worker -> worker.address().port() == 2);
        rig.become(Health.UNHEALTHY, Contact.ANSWERS, Duration.ZERO, worker -> worker.address().port() == 3);
        assertThat(found()).containsExactly(List.of(), List.of(), List.of());
        rig.pass(Duration.ofNanos(Control.GATHER));

        assertThat(found()).containsExactly(List.of("silent"), List.of("refusing"), List.of());
    }

    /** It was out already: that is told to nobody else. */
    @Test
    void whatIsFoundOfAWorkerLaterIsToldToItsTargetToo() {
        allWell();
        rig.become(Health.UNHEALTHY, Contact.ANSWERS, Duration.ZERO, worker -> worker.address().port() < 3);
        rig.pass(Duration.ofSeconds(1));
        Worker gone = rig.app("orders").members().getFirst().worker();
        int told = rig.changes.size();

        rig.control.healthChanged(new HealthTransition(
                gone, Health.UNHEALTHY, Health.UNHEALTHY, HealthTransition.Cause.CHECK, "", Contact.SILENT, 0, rig.now()));
        rig.pass(Duration.ofNanos(Control.GATHER));

        assertThat(found()).containsExactly(List.of("silent"), List.of(), List.of());
        assertThat(rig.changes).hasSize(told);
    }

    private List<List<String>> found() {
        return rig.app("orders").members().stream().map(member -> List.copyOf(((StandInTarget) member.target()).found)).toList();
    }

    @Test
    void itComesBackByItselfWithHoldAndRamp() {
        allWell();
        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in("r1"));
        rig.pass(Duration.ofSeconds(5));
        rig.become(Health.HEALTHY, Duration.ZERO, ControlRig.in("r1"));
        rig.pass(Duration.ofSeconds(14)); // a check interval of steadiness, and most of the hold
        assertThat(shares()).containsExactly(0.0, 1.0);
        rig.pass(Duration.ofSeconds(6));
        assertThat(shares().getFirst()).isBetween(0.4, 0.6);
        rig.pass(Duration.ofSeconds(10));
        assertThat(shares()).containsExactly(1.0, 0.0);
    }

    @Test
    void anEvacuationEndsAtItsDate() {
        allWell();
        rig.evacuate(Scope.parse("region=r1"), Duration.ofMinutes(1));
        rig.pass(Duration.ofSeconds(1));
        assertThat(shares()).containsExactly(0.0, 1.0);
        rig.pass(Duration.ofSeconds(58));
        assertThat(shares()).containsExactly(0.0, 1.0);
        rig.pass(Duration.ofSeconds(20));
        assertThat(shares()).containsExactly(1.0, 0.0);
        assertThat(rig.control.evacuations().isEmpty()).isTrue();
    }

    @Test
    void aWordBringsTrafficBackAtOnce() {
        allWell();
        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in("r1"));
        rig.pass(Duration.ofSeconds(1));
        rig.become(Health.HEALTHY, Duration.ZERO, ControlRig.in("r1"));
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.control.failBack("nobody")).isFalse();
        assertThat(rig.control.failBack("orders")).isTrue();
        rig.pass(Duration.ofSeconds(5));
        assertThat(shares().getFirst()).isBetween(0.3, 0.7); // over the ramp, without the hold
    }

    @Test
    void anotherAppsPlanIsNotTouched() {
        allWell();
        var lonely = Objects.requireNonNull(rig.app("lonely").app().in("r1"));
        var before = lonely.plan();
        rig.become(Health.UNHEALTHY, Duration.ZERO, worker -> worker.app().equals("orders"));
        rig.pass(Duration.ofSeconds(1));
        assertThat(lonely.plan()).isSameAs(before);
        assertThat(before.shares()).containsExactly(Line.ALL);
    }

    @Test
    void theFirstPlansAreMadeAmidTheEvacuationsThatWereKept(@TempDir Path folder) throws Exception {
        EvacuationFile file = new EvacuationFile(folder);
        file.write(Evacuations.NONE.with(new Evacuation(Scope.parse("region=r1"), ControlRig.BEGIN.plusSeconds(60), false)));
        Control control = new Control(
                new EmbeddedChannel().eventLoop(), () -> 0, () -> ControlRig.BEGIN, file, ErrorRates.UNKNOWN, ControlListener.NOBODY);
        Tables tables = new Tables((_, worker, weight, _) -> new RecordedTarget(worker.address().toString(), worker.zone(), weight, 0, 0, true), 1);
        var apps = tables.build(ConfigReader.read("test", CONFIG).settings(), 0, control.recall()).apps();

        var first = Objects.requireNonNull(apps.getFirst().app().in("r1")).plan();
        assertThat(first.shares()).containsExactly(Line.NONE, Line.ALL);
        control.take(apps, () -> {});
        assertThat(control.evacuations().all()).hasSize(1);
        assertThat(Objects.requireNonNull(apps.getFirst().app().in("r1")).plan()).isSameAs(first);
    }
}
