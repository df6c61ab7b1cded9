package io.weir.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.balancing.RecordedTarget;
import io.weir.config.ConfigReader;
import io.weir.config.ErrorCondition;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.ControlListener;
import io.weir.control.Tables;
import io.weir.failover.ErrorRates;
import io.weir.failover.Evacuation;
import io.weir.failover.Member;
import io.weir.failover.Scope;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drills on a control thread whose time passes when the test says so, with traffic that follows the shares after a while. */
class DrillTest {
    private static final String CONFIG = """
            domains: [example.com]
            here: { region: ca, zone: caa }
            listeners: [ { bind: ":8080" } ]
            regions:
              ca: { jurisdiction: CA, zones: [caa] }
              us: { jurisdiction: US, zones: [usa] }
            apps:
              orders:
                failover: { to: [us] }
                pools:
                  ca: { workers: [ { address: "127.0.0.1:1", zone: caa } ] }
                  us: { workers: [ { address: "127.0.0.1:2", zone: usa } ] }
            """;
    private static final Scope CA = Scope.parse("region=ca");
    private static final Instant WALL = Instant.parse("2026-11-27T06:00:00Z");

    private final ManualThread thread = new ManualThread();
    private Control control;
    /** In each second. */
    private long attempts = 200;

    private long failed;
    /** How many of the attempts go to ca while it is evacuated. */
    private long stray;

    @BeforeEach
    void start() throws Exception {
        Tables tables = new Tables((_, worker, weight, _) -> new RecordedTarget(worker.address().toString(), worker.zone(), weight, 0, 0, true), 1);
        control = new Control(thread, thread::now, () -> WALL, null, ErrorRates.UNKNOWN, ControlListener.NOBODY);
        control.take(tables.build(ConfigReader.read("test", CONFIG).settings(), thread.now()).apps(), () -> {});
        for (AppControl app : control.apps()) {
            control.states(app).forEach(state -> control.healthChanged(new HealthTransition(
                    state.member().worker(),
                    state.health(),
                    Health.HEALTHY,
                    HealthTransition.Cause.CHECK,
                    "",
                    Contact.ANSWERS,
                    0,
                    thread.now())));
        }
        thread.pass(10);
    }

    private Flow.Attempts flow(List<Member> members, long second) {
        return members.size() == 2 ? new Flow.Attempts(attempts, failed) : new Flow.Attempts(stray, 0);
    }

    private <T> CompletableFuture<T> ask(Function<Control, T> question) {
        return CompletableFuture.completedFuture(question.apply(control));
    }

    private Drill begin(Duration length, @Nullable String abortIf) throws Drill.EvacuatedException {
        return Drill.begin(this::ask, new Drill.Order(CA, length, abortIf == null ? null : ErrorCondition.parse(abortIf)), this::flow, WALL);
    }

    /** That many seconds, or until it is over; whether it goes on. */
    private boolean pass(Drill drill, int seconds) {
        boolean goesOn = true;
        for (int i = 0; i < seconds && goesOn; i++) {
            thread.pass(1);
            goesOn = drill.tick();
        }
        return goesOn;
    }

    private static DrillReport.Share share(Drill drill, String tier) {
        return drill.report().shares().stream().filter(share -> share.asked().equals("ca") && share.tier().equals(tier)).findFirst().orElseThrow();
    }

    @Test
    void itEvacuatesComesBackAndReports() throws Exception {
        Drill drill = begin(Duration.ofSeconds(20), "errors>1%");
        stray = 50;
        assertThat(pass(drill, 4)).isTrue();
        stray = 0;

        assertThat(pass(drill, 15)).isTrue();
        assertThat(control.evacuations().of(CA)).isNotNull();
        assertThat(drill.report().outcome()).isEqualTo(DrillReport.Outcome.UNDER_WAY);
        assertThat(pass(drill, 2)).isTrue();
        assertThat(control.evacuations().isEmpty()).isTrue();
        assertThat(drill.over()).as("its share comes back over a ramp").isFalse();
        assertThat(pass(drill, 60)).isFalse();

        DrillReport report = drill.report();
        assertThat(report.outcome()).isEqualTo(DrillReport.Outcome.COMPLETED);
        assertThat(report.length()).isEqualTo(Duration.ofSeconds(20));
        assertThat(report.attempts()).as("of whole seconds").isEqualTo(19 * 200);
        assertThat(report.failed()).isZero();
        assertThat(report.moved()).isEqualTo(Duration.ofSeconds(5));
        assertThat(share(drill, "ca")).isEqualTo(new DrillReport.Share("orders", "ca", "ca", 1, 0.0, 1.0));
        assertThat(share(drill, "us")).isEqualTo(new DrillReport.Share("orders", "ca", "us", 0, 1.0, 0.0));
        assertThat(drill.lines(0)).startsWith("0 s: evacuated region=ca").endsWith("50 s: over");
        assertThat(drill.lines(drill.lines(0).size())).isEmpty();
    }

    @Test
    void itAbortsByItselfWhenTooMuchFails() throws Exception {
        Drill drill = begin(Duration.ofMinutes(5), "errors>1%");
        failed = 2;
        assertThat(pass(drill, 30)).isTrue();
        assertThat(drill.report().outcome()).as("1 % is not above 1 %").isEqualTo(DrillReport.Outcome.UNDER_WAY);

        failed = 20;
        assertThat(pass(drill, 3)).isTrue();

        assertThat(drill.report().outcome()).isEqualTo(DrillReport.Outcome.ABORTED);
        assertThat(control.evacuations().isEmpty()).isTrue();
        assertThat(pass(drill, 60)).isFalse();
        assertThat(drill.report().failed()).as("what failed is counted to the end of the evacuation").isBetween(29 * 2L + 20, 29 * 2L + 60);
    }

    @Test
    void fewAttemptsAbortNothingAndSayNothingOfWhatMoved() throws Exception {
        Drill drill = begin(Duration.ofSeconds(10), "errors>1%");
        attempts = 9;
        failed = 9;
        pass(drill, 100);

        assertThat(drill.report().outcome()).isEqualTo(DrillReport.Outcome.COMPLETED);
        assertThat(drill.report().moved()).isNull();
    }

    @Test
    void aPersonEndsItOrRestoresWhatItEvacuated() throws Exception {
        Drill stopped = begin(Duration.ofMinutes(5), null);
        pass(stopped, 3);
        stopped.stop();
        assertThat(control.evacuations().isEmpty()).isTrue();
        assertThat(pass(stopped, 100)).isFalse();
        assertThat(stopped.report().outcome()).isEqualTo(DrillReport.Outcome.STOPPED);

        Drill restored = begin(Duration.ofMinutes(5), null);
        pass(restored, 3);
        control.restore(CA);
        assertThat(pass(restored, 100)).isFalse();
        assertThat(restored.report().outcome()).isEqualTo(DrillReport.Outcome.RESTORED);
    }

    @Test
    void theEvacuationEndsByItsDateWhateverHappens() throws Exception {
        begin(Duration.ofMinutes(5), null);

        assertThat(control.evacuations().of(CA)).extracting("until").isEqualTo(WALL.plus(Duration.ofSeconds(310)));
    }

    @Test
    void whatAPersonEvacuatedIsNotDrilled() {
        Evacuation standing = new Evacuation(CA, WALL.plusSeconds(3600), true);
        control.evacuate(standing);

        assertThatThrownBy(() -> begin(Duration.ofMinutes(5), null))
                .isInstanceOf(Drill.EvacuatedException.class)
                .hasMessage("region=ca is evacuated until 2026-11-27T07:00:00Z, and a drill would end that; nothing was changed. Wait, or restore region=ca first");
        assertThat(control.evacuations().all()).containsExactly(standing);
    }

    @Test
    void whatAPersonEvacuatesAmidADrillOutlastsIt() throws Exception {
        Drill drill = begin(Duration.ofMinutes(5), null);
        pass(drill, 3);
        Evacuation taken = new Evacuation(CA, WALL.plusSeconds(310), false); // to the same moment as the drill's
        control.evacuate(taken);

        pass(drill, 100);
        assertThat(drill.report().outcome()).isEqualTo(DrillReport.Outcome.REPLACED);
        assertThat(drill.lines(0)).contains("4 s: ended early: somebody evacuated the same anew, and that stands");
        assertThat(control.evacuations().all()).containsExactly(taken);

        control.restore(CA);
        Drill stopped = begin(Duration.ofMinutes(5), null);
        control.evacuate(taken);
        stopped.stop();
        assertThat(stopped.report().outcome()).as("until the next second is looked at").isEqualTo(DrillReport.Outcome.UNDER_WAY);
        pass(stopped, 1);
        assertThat(stopped.report().outcome()).isEqualTo(DrillReport.Outcome.REPLACED);
        assertThat(control.evacuations().all()).containsExactly(taken);
    }
}
