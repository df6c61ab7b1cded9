package io.weir.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.config.HealthSettings;
import io.weir.health.CheckResult.Behind;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Load balancers that answer for the pools of several apps. */
class GatewayHealthTest {
    private static final HealthSettings SETTINGS = new HealthSettings(CheckSettings.GATEWAY, null, null);
    private static final long TWO_INTERVALS = Duration.ofSeconds(12).toMillis();

    private final Watch watch = new Watch();
    private final Worker orders = Samples.worker("orders", 1);
    private final Worker stock = Samples.worker("stock", 1);
    private final Map<Worker, CheckResult> said = new HashMap<>();

    @BeforeEach
    void bothAreWatched() {
        said.put(orders, CheckResult.passed("4 of 4"));
        said.put(stock, CheckResult.passed("4 of 4"));
        watch.checks.say(orders.address(), CheckResult.answered("answers for 2 pools", worker -> Objects.requireNonNull(said.get(worker))));
        watch.monitor.watch(List.of(orders), SETTINGS);
        watch.monitor.watch(List.of(stock), SETTINGS);
        watch.pass(10);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void oneQuestionIsForAllApps() {
        watch.pass(Duration.ofMinutes(1).toMillis());

        assertThat(watch.checks.opened).isEqualTo(1);
        assertThat(watch.checks.questions).hasSizeBetween(10, 18);
        assertThat(watch.transitions).extracting(HealthTransition::worker).containsExactly(orders, stock);
    }

    @Test
    void oneAppIsLostThereAndTheOtherIsNot() {
        said.put(orders, CheckResult.failed(CheckResult.Failure.UNWELL, "no worker of orders is well"));
        watch.pass(TWO_INTERVALS);

        assertThat(watch.health(orders)).isEqualTo(Health.UNHEALTHY);
        assertThat(watch.transitions.getLast().detail()).contains("no worker of orders is well");
        assertThat(watch.transitions.getLast().contact()).isEqualTo(Contact.ANSWERS);
        assertThat(watch.health(stock)).isEqualTo(Health.HEALTHY);
    }

    @Test
    void aGatewayThatDoesNotAnswerIsLostForAll() {
        watch.checks.blackHole(orders.address());
        watch.pass(TWO_INTERVALS);

        assertThat(watch.health(orders)).isEqualTo(Health.UNHEALTHY);
        assertThat(watch.health(stock)).isEqualTo(Health.UNHEALTHY);
        assertThat(watch.transitions.getLast().contact()).isEqualTo(Contact.SILENT);
    }

    @Test
    void anotherShareIsAnnouncedAndIsNoOtherHealth() {
        said.put(orders, CheckResult.of(new Behind(1, 4), "1 of 4"));
        watch.pass(TWO_INTERVALS);

        HealthTransition last = watch.transitions.getLast();
        assertThat(watch.transitions).hasSize(3);
        assertThat(last.worker()).isEqualTo(orders);
        assertThat(last.keepsHealth()).isTrue();
        assertThat(last.to()).isEqualTo(Health.HEALTHY);
        assertThat(last.share()).isEqualTo(0.25);
    }

    @Test
    void aShareGoesWithEveryChange() {
        said.put(orders, CheckResult.failed(CheckResult.Failure.UNWELL, "no worker of orders is well"));
        watch.pass(TWO_INTERVALS);
        said.put(orders, CheckResult.of(new Behind(2, 4), "2 of 4"));
        watch.pass(TWO_INTERVALS);

        assertThat(watch.transitions).filteredOn(change -> change.worker().equals(orders)).last()
                .satisfies(change -> assertThat(change.share()).isEqualTo(0.5))
                .satisfies(change -> assertThat(change.to().available()).isTrue());
    }

    @Test
    void norDoGoodAnswersTakeItAway() {
        said.put(orders, CheckResult.failed(CheckResult.Failure.UNWELL, "no worker of orders is well"));
        watch.pass(TWO_INTERVALS);
        said.put(orders, CheckResult.of(new Behind(1, 4), "1 of 4"));
        watch.pass(TWO_INTERVALS);
        watch.monitor.traffic(List.of(new TrafficReport(orders, 10, 0, 0, 0, 0, false)));
        watch.pass(TWO_INTERVALS);

        assertThat(watch.transitions).filteredOn(change -> change.worker().equals(orders)).last()
                .satisfies(change -> assertThat(change.share()).isEqualTo(0.25));
    }
}
