package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.failover.FailbackState.Phase;
import io.weir.failover.Member;
import io.weir.failover.Scope;
import io.weir.failover.TierOutlook;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Another config: what it does not touch goes on as it was. */
class ReplaceTest {
    private static final String ORDERS = app("orders", "response: 300s", "9001, 9002", "9101, 9102");
    private static final String BILLING = app("billing", "response: 300s", "9003", "9103");

    private static String app(String name, String timeouts, String inCanada, String inTheStates) {
        return """
              %s:
                pools: { ca-c1: { workers: [ %s ] }, us-e1: { workers: [ %s ] } }
                failover: { to: [us-e1], failback: { hold: 1m, ramp: 30s } }
                timeouts: { %s }
            """.formatted(name, workers(inCanada, "ca-c1a"), workers(inTheStates, "us-e1a"), timeouts).indent(2);
    }

    private static String workers(String ports, String zone) {
        return List.of(ports.split(", ", -1)).stream()
                .map(port -> "{ address: \"127.0.0.1:" + port + "\", zone: " + zone + " }")
                .collect(Collectors.joining(", "));
    }

    private static String config(String... apps) {
        return """
                domains: [cloudhub.example]
                here: { region: ca-c1, zone: ca-c1a }
                regions:
                  ca-c1: { jurisdiction: CA, zones: [ca-c1a] }
                  us-e1: { jurisdiction: US, zones: [us-e1a] }
                listeners: [ { bind: ":8080" } ]
                apps: %s
                """.formatted(apps.length == 0 ? "{}" : "\n" + String.join("", apps));
    }

    private static TierOutlook tier(ControlRig rig, String app, int tier) {
        return rig.app(app).steerings().getFirst().outlook().tiers().get(tier);
    }

    private static List<String> serving(ControlRig rig, String app, String region) {
        return Objects.requireNonNull(rig.app(app).app().in(region)).plan().tiers().stream()
                .map(Tier::targets)
                .flatMap(List::stream)
                .map(Target::name)
                .sorted()
                .toList();
    }

    @Test
    void whatIsNotTouchedIsTheVerySame() {
        ControlRig rig = new ControlRig(config(ORDERS, BILLING));
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(1));
        AppControl billing = rig.app("billing");
        List<AppChange> changes = rig.become(config(ORDERS.replace("300s", "30s"), BILLING));
        assertThat(changes).extracting(AppChange::name).containsExactly("orders");
        assertThat(rig.app("billing")).isSameAs(billing);
        assertThat(rig.become(config(ORDERS.replace("300s", "30s"), BILLING))).isEmpty();
    }

    @Test
    void workersThatStayKeepTheirTargetsAndTheirHealth() {
        ControlRig rig = new ControlRig(config(ORDERS));
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.become(Health.UNHEALTHY, Duration.ZERO, worker -> worker.address().port() == 9002);
        rig.pass(Duration.ofSeconds(1));
        Map<Worker, Target> before = targets(rig, "orders");
        rig.become(config(app("orders", "response: 30s", "9002, 9001, 9004", "9101")));
        Map<Worker, Target> after = targets(rig, "orders");
        before.forEach((worker, target) -> {
            if (after.containsKey(worker)) {
                assertThat(after.get(worker)).isSameAs(target);
            }
        });
        assertThat(rig.control.states(rig.app("orders")))
                .extracting(state -> state.member().worker().address().port() + " " + state.health())
                .containsExactlyInAnyOrder("9002 UNHEALTHY", "9001 HEALTHY", "9004 UNPROVEN", "9101 HEALTHY");
        assertThat(serving(rig, "orders", "ca-c1")).as("in force at once").doesNotContain("127.0.0.1:9002").contains("127.0.0.1:9001");
        assertThat(rig.control.counts().workers(Health.HEALTHY)).isEqualTo(2);
        assertThat(rig.control.counts().workers(Health.UNHEALTHY)).isEqualTo(1);
        assertThat(rig.control.counts().workers(Health.UNPROVEN)).isEqualTo(1);
    }

    private static Map<Worker, Target> targets(ControlRig rig, String app) {
        return rig.app(app).members().stream().collect(Collectors.toMap(Member::worker, Member::target));
    }

    @Test
    void aFailbackThatHoldsGoesOnHolding() {
        ControlRig rig = new ControlRig(config(ORDERS));
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(1));
        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in("ca-c1"));
        rig.pass(Duration.ofSeconds(5));
        rig.become(Health.HEALTHY, Duration.ZERO, ControlRig.in("ca-c1"));
        rig.pass(Duration.ofSeconds(30));
        assertThat(tier(rig, "orders", 0).failback().phase()).isEqualTo(Phase.HOLDING);
        rig.become(config(ORDERS.replace("300s", "30s")));
        assertThat(tier(rig, "orders", 0).failback().phase()).isEqualTo(Phase.HOLDING);
        assertThat(tier(rig, "orders", 0).share().at(rig.now())).isZero();
        rig.pass(Duration.ofSeconds(30));
        assertThat(tier(rig, "orders", 0).failback().phase()).as("30 + 30 s later than before").isEqualTo(Phase.HOLDING);
        rig.pass(Duration.ofSeconds(10));
        assertThat(tier(rig, "orders", 0).failback().phase()).isEqualTo(Phase.RAMPING);
        rig.pass(Duration.ofSeconds(40));
        assertThat(tier(rig, "orders", 0).share().at(rig.now())).isEqualTo(1);
        assertThat(rig.told(Incident.FailbackDone.class)).as("of one failback, in spite of all").hasSize(1);
    }

    @Test
    void anEvacuationHoldsForWhatIsNew() {
        ControlRig rig = new ControlRig(config(ORDERS));
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.evacuate(Scope.parse("zone=ca-c1a"), Duration.ofHours(1));
        rig.pass(Duration.ofSeconds(1));
        rig.become(config(ORDERS, BILLING));
        assertThat(rig.control.states(rig.app("billing")))
                .filteredOn(state -> state.member().worker().region().equals("ca-c1"))
                .allMatch(state -> state.admin() == AdminState.EVACUATED);
        assertThat(tier(rig, "orders", 0).share().at(rig.now())).isZero();
    }

    @Test
    void newsOfWhoIsGoneAreNobodysNews() {
        ControlRig rig = new ControlRig(config(ORDERS, BILLING));
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(1));
        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in("ca-c1"));
        rig.become(config(ORDERS));
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.control.app("billing")).isNull();
        assertThat(tier(rig, "orders", 0).share().at(rig.now())).as("news that waited are heard of the one that stays").isZero();
        assertThat(rig.control.counts().workers(Health.HEALTHY)).isEqualTo(2);
        assertThat(rig.control.counts().workers(Health.UNHEALTHY)).isEqualTo(2);
    }

    @Test
    void newsThatWaitAreHeardOfTheAppThatTakesThePlace() {
        ControlRig rig = new ControlRig(config(ORDERS));
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(1));
        rig.changes.clear();
        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in("ca-c1"));
        rig.become(config(ORDERS.replace("300s", "30s")));
        assertThat(serving(rig, "orders", "ca-c1")).containsExactly("127.0.0.1:9101", "127.0.0.1:9102");
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.changes).as("each is told").hasSize(2);
    }

    @Test
    void panicThatEndsWithItsAppIsCountedNoMore() {
        ControlRig rig = new ControlRig(config(ORDERS, BILLING));
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(1));
        rig.become(Health.UNHEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.control.counts().inPanic()).isPositive();
        rig.become(config(ORDERS.replace("300s", "30s")));
        rig.become(config());
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.control.counts().inPanic()).isZero();
        assertThat(rig.control.counts().appsShortNow()).isZero();
        assertThat(rig.control.apps()).isEmpty();
    }

    /** Whatever comes in whatever order: plans name members alone, and every worker is counted once. */
    @Test
    void anyOrderOfNewsAndConfigs() {
        for (int seed = 1; seed <= 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ControlRig rig = new ControlRig(config(randomApps(random)));
            for (int step = 0; step < 30; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> rig.become(config(randomApps(random)));
                    case 1 -> rig.pass(Duration.ofMillis(random.nextInt(20_000)));
                    default -> {
                        Health to = random.nextBoolean() ? Health.HEALTHY : Health.UNHEALTHY;
                        int port = random.nextInt(9001, 9010);
                        rig.become(to, Duration.ZERO, worker -> worker.address().port() % 100 == port % 100);
                    }
                }
                check(rig, seed);
            }
        }
    }

    private static String[] randomApps(SplittableRandom random) {
        List<String> apps = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            if (random.nextInt(4) > 0) {
                apps.add(app(name, "response: " + random.nextInt(1, 4) + "s", ports(random, 9001), ports(random, 9101)));
            }
        }
        return apps.toArray(String[]::new);
    }

    private static String ports(SplittableRandom random, int first) {
        int from = random.nextInt(3);
        return IntStream.range(from, from + random.nextInt(1, 4)).mapToObj(i -> String.valueOf(first + i)).collect(Collectors.joining(", "));
    }

    private static void check(ControlRig rig, int seed) {
        int workers = 0;
        for (AppControl app : rig.control.apps()) {
            List<Target> members = app.members().stream().map(Member::target).toList();
            workers += members.size();
            app.steerings().forEach(steering -> steering.regionPlan().plan().tiers().forEach(tier ->
                    assertThat(members).as("seed %d", seed).containsAll(tier.targets())));
            assertThat(app).as("what requests find").isSameAs(rig.built.byName().get(app.settings().name()));
        }
        int counted = 0;
        for (Health health : Health.values()) {
            counted += rig.control.counts().workers(health);
        }
        assertThat(counted).as("seed %d", seed).isEqualTo(workers);
    }
}
