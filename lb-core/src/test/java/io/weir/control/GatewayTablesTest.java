package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Plan;
import io.weir.balancing.StandInTarget;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.failover.Member;
import io.weir.health.Health;
import io.weir.http.HandOver;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of pools when other load balancers may hand requests over, and of those that are reached through one. */
class GatewayTablesTest {
    private static final String TRUSTING = "trusted-gateways: [10.0.0.0/8]\n";
    private static final String CONFIG = """
            domains: [cloudhub.example]
            here: {region: ca-c1, zone: ca-c1a}
            regions:
              ca-c1: {jurisdiction: CA, zones: [ca-c1a, ca-c1b]}
              us-e1: {jurisdiction: US, zones: [us-e1a]}
            listeners: [{bind: ":8080"}]
            apps:
              orders:
                pools:
                  ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}, {address: "127.0.0.1:9002", zone: ca-c1b}]}
                  us-e1: {gateway: {address: "10.9.0.1:8080"}}
                zones: prefer-local
                failover: {to: [us-e1]}
            """;

    private static Tables.Built built(String config) {
        try {
            return new Tables((_, worker, weight, _) -> new StandInTarget(worker.address().toString(), worker.zone(), weight), 1)
                    .build(ConfigReader.read("weir.yaml", config).settings(), 0);
        } catch (ConfigProblemsException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private static @Nullable Route own(RoutingTable table, String region, String app) {
        byte[] key = HandOver.poolKey(region, app).getBytes(StandardCharsets.US_ASCII);
        return table.own(key, 0, key.length);
    }

    private static List<String> targets(Plan plan) {
        return plan.tiers().stream().flatMap(tier -> tier.targets().stream()).map(Object::toString).toList();
    }

    @Test
    void whatIsHandedOverGoesToTheWorkersOfThatPoolAlone() {
        RoutingTable table = built(CONFIG + TRUSTING).table();
        Route route = Objects.requireNonNull(own(table, "ca-c1", "orders"));

        assertThat(route.region()).isEqualTo("ca-c1");
        assertThat(route.steps()).isNull();
        assertThat(Objects.requireNonNull(route.plan()).plan().tiers()).as("zones are no tiers here").hasSize(1);
        assertThat(targets(route.plan().plan())).containsExactly("127.0.0.1:9001", "127.0.0.1:9002");
        assertThat(targets(Objects.requireNonNull(Objects.requireNonNull(table.home("orders")).plan()).plan())).contains("10.9.0.1:8080");
    }

    @Test
    void aPoolBehindAGatewayIsNoneOfOurs() {
        assertThat(own(built(CONFIG + TRUSTING).table(), "us-e1", "orders")).isNull();
    }

    @Test
    void withoutTrustNothingIsTakenOver() {
        assertThat(own(built(CONFIG).table(), "ca-c1", "orders")).isNull();
    }

    @Test
    void residencyHolds() {
        String american = CONFIG.replace("{to: [us-e1]}", "{residency: [US]}") + TRUSTING;
        Route route = Objects.requireNonNull(own(built(american).table(), "ca-c1", "orders"));

        assertThat(Objects.requireNonNull(route.plan()).stoppedByResidency()).isTrue();
    }

    @Test
    void aGatewayStandsInAZoneThatIsCalledAsItsRegion() {
        assertThat(built(CONFIG).apps().getFirst().members()).extracting(Member::worker).last().hasToString("orders at 10.9.0.1:8080 in us-e1");
    }

    @Test
    void aPoolOfWhichNobodyIsWellTakesNothingOver() {
        ControlRig rig = new ControlRig(CONFIG + TRUSTING);
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofMillis(100));
        Steering steering = Objects.requireNonNull(rig.control.app("orders")).own().getFirst();
        assertThat(targets(steering.outlook().plan())).hasSize(2);

        rig.become(Health.UNHEALTHY, Duration.ZERO, worker -> worker.zone().equals("ca-c1a"));
        rig.pass(Duration.ofMillis(100));
        assertThat(targets(steering.outlook().plan())).containsExactly("127.0.0.1:9002");

        rig.become(Health.UNHEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofMillis(100));
        assertThat(targets(steering.outlook().plan())).isEmpty();
    }
}
