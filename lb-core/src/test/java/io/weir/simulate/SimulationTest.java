package io.weir.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.weir.admin.ForecastReport;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.failover.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said to become of the apps of a config whose workers are all well. */
class SimulationTest {
    private static final String CONFIG = """
            domains: [cloudhub.example]
            here: { region: ca-c1, zone: ca-c1a }
            listeners: [ { bind: ":8080" } ]
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b, ca-c1c] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
            apps:
              orders:
                failover: { to: [us-e1] }
                upstream: { connections: 20 }
                pools:
                  ca-c1:
                    workers:
                      - { address: "127.0.0.1:1", zone: ca-c1a }
                      - { address: "127.0.0.1:2", zone: ca-c1b }
                      - { address: "127.0.0.1:3", zone: ca-c1c }
                  us-e1: { workers: [ { address: "127.0.0.1:4", zone: us-e1a } ] }
              payments:
                failover: { residency: [CA] }
                pools:
                  ca-c1: { workers: [ { address: "127.0.0.1:5", zone: ca-c1a }, { address: "127.0.0.1:6", zone: ca-c1b } ] }
                  us-e1: { workers: [ { address: "127.0.0.1:7", zone: us-e1a } ] }
              both:
                failover: { to: [ca-c1, us-e1] }
                global: { active-active: { ca-c1: 1, us-e1: 1 } }
                pools:
                  ca-c1: { workers: [ { address: "127.0.0.1:8", zone: ca-c1a } ] }
                  us-e1: { workers: [ { address: "127.0.0.1:9", zone: us-e1a } ] }
              stock: { pools: { us-e1: { workers: [ { address: "127.0.0.1:10", zone: us-e1a } ] } } }
            """;

    private static Settings settings() throws Exception {
        return ConfigReader.read("test", CONFIG).settings();
    }

    private static Forecast lose(String what, @Nullable String then, @Nullable String app, @Nullable Integer load) throws Exception {
        return Simulation.of(new ConfiguredApps(settings()), new Question(Question.failures(what, then), app, load, 1), 20);
    }

    private static Forecast evacuate(String what, Loss.Means means) throws Exception {
        return Simulation.of(new ConfiguredApps(settings()), new Question(List.of(new Loss(Scope.parse(what), means)), null, null, 1), 20);
    }

    private static AppForecast app(Forecast forecast, String name) {
        return forecast.worst().stream().filter(app -> app.app().equals(name)).findFirst().orElseThrow();
    }

    private static AppForecast.Entrance named(AppForecast app, String region) {
        return app.entrances().stream().filter(entrance -> entrance.asked().equals(region)).findFirst().orElseThrow();
    }

    @Test
    void aLostZoneIsCarriedByTheOthersAsFarAsTheyCan() throws Exception {
        Forecast forecast = lose("zone=ca-c1a", null, null, null);

        AppForecast orders = app(forecast, "orders");
        assertThat(orders.atHome().tiers()).containsExactly("ca-c1", "us-e1");
        assertThat(orders.atHome().shares().getFirst()).containsExactly(1.0, 0.0);
        assertThat(orders.atHome().shares().getLast().getFirst()).isCloseTo(1.4 * 2 / 3, within(1e-9));
        assertThat(orders.atHome().shares().getLast().getLast()).isCloseTo(1 - 1.4 * 2 / 3, within(1e-9));
        assertThat(orders.workers().get(1).factors().getLast()).isCloseTo(1.4, within(1e-9));
        assertThat(orders.atHome().worst()).isEqualTo(Verdict.MOVED);
        assertThat(forecast.all()).isEqualTo(4);
        assertThat(forecast.concerned()).as("stock has no worker there").isEqualTo(3);
    }

    @Test
    void aRegionAfterAZone() throws Exception {
        AppForecast orders = app(lose("zone=ca-c1a", "region=ca-c1", null, 40), "orders");

        assertThat(orders.atHome().shares().getLast()).containsExactly(0.0, 1.0);
        assertThat(orders.workers().stream().map(AppForecast.WorkerForecast::lost)).containsExactly(true, true, true, false);
        assertThat(orders.workers().getLast().factors().getLast()).as("compared with what one of those had that served").isCloseTo(3, within(1e-9));
        assertThat(orders.atHome().verdicts()).containsExactly(Verdict.UNTOUCHED, Verdict.MOVED, Verdict.OVERLOADED);
    }

    @Test
    void loadIsLaidOverAppsByWeightAndWorkersRunOutOfConnections() throws Exception {
        Forecast forecast = lose("region=ca-c1", null, "orders", 40);
        AppForecast orders = app(forecast, "orders");

        assertThat(forecast.load().basis()).isEqualTo(Load.Basis.GIVEN_BY_WEIGHT);
        assertThat(orders.workers().getLast().loads().getFirst()).isZero();
        assertThat(orders.workers().getLast().loads().getLast()).isCloseTo(40, within(1e-6));
        assertThat(forecast.steps().getFirst().workersOver()).isOne();
        assertThat(orders.workers().stream().limit(3).mapToDouble(worker -> worker.loads().getFirst()).sum()).isCloseTo(40, within(1e-6));
    }

    @Test
    void residencyStopsAnAppThatOthersCouldServe() throws Exception {
        Forecast forecast = lose("region=ca-c1", null, null, null);

        assertThat(app(forecast, "payments").worst()).isEqualTo(Verdict.STOPPED_BY_RESIDENCY);
        assertThat(forecast.steps().getFirst().apps(Verdict.STOPPED_BY_RESIDENCY)).isOne();
        assertThat(forecast.worst().getFirst().app()).isEqualTo("payments");
        assertThat(app(lose("region=ca-c1", "region=us-e1", null, null), "payments").atHome().verdicts())
                .containsExactly(Verdict.UNTOUCHED, Verdict.STOPPED_BY_RESIDENCY, Verdict.DARK);
    }

    @Test
    void whoIsAskedForByARegionAloneIsToldApart() throws Exception {
        Forecast forecast = lose("region=us-e1", null, null, null);
        AppForecast orders = app(forecast, "orders");

        assertThat(orders.worst()).as("it begins in ca-c1").isEqualTo(Verdict.UNTOUCHED);
        assertThat(named(orders, "us-e1").verdicts()).containsExactly(Verdict.UNTOUCHED, Verdict.DARK);
        assertThat(orders.darkByName(1)).containsExactly("us-e1");
        assertThat(app(forecast, "stock").worst()).isEqualTo(Verdict.DARK);
    }

    @Test
    void regionsSideBySideTakeEachOthersPlace() throws Exception {
        AppForecast both = app(lose("region=ca-c1", null, null, null), "both");

        assertThat(both.atHome().asked()).isEmpty();
        assertThat(both.atHome().shares()).containsExactly(List.of(0.5, 0.5), List.of(0.0, 1.0));
        assertThat(both.workers().getLast().factors().getLast()).isCloseTo(2, within(1e-9));
        assertThat(both.atHome().worst()).isEqualTo(Verdict.OVERLOADED);
    }

    private static AppForecast behindAGateway(String lose, Integer load) throws Exception {
        String config = CONFIG.replace("us-e1: { workers: [ { address: \"127.0.0.1:4\", zone: us-e1a } ] }", "us-e1: { gateway: { address: \"127.0.0.1:4\" } }");
        Question question = new Question(Question.failures(lose, null), "orders", load, 1);
        return app(Simulation.of(new ConfiguredApps(ConfigReader.read("test", config).settings()), question, 20), "orders");
    }

    @Test
    void whatALoadBalancerCanCarryIsNotGuessed() throws Exception {
        AppForecast orders = behindAGateway("region=ca-c1", 40);

        assertThat(orders.atHome().verdicts()).as("three workers' load on what is no single worker").containsExactly(Verdict.UNTOUCHED, Verdict.MOVED);
        assertThat(orders.workers().getLast().loads().getLast()).isCloseTo(40, within(1e-6));
        assertThat(orders.workers().getLast().isUnknown()).isTrue();
        assertThat(orders.workers().getLast().factor()).isZero();
        assertThat(orders.isUnknown()).isTrue();
        assertThat(orders.workers().getFirst().isUnknown()).as("it is lost").isFalse();
    }

    @Test
    void moreThanMayBeUnderWayThereIsTooMuchAllTheSame() throws Exception {
        assertThat(behindAGateway("region=ca-c1", 84).atHome().verdicts().getLast()).as("20 and a queue of 64").isEqualTo(Verdict.MOVED);
        assertThat(behindAGateway("region=ca-c1", 85).atHome().verdicts().getLast()).isEqualTo(Verdict.OVERLOADED);
    }

    @Test
    void theOwnWorkersAreComparedWithEachOtherAlone() throws Exception {
        AppForecast orders = behindAGateway("zone=ca-c1a", 40);

        assertThat(orders.workers().get(1).factors().getLast()).isCloseTo(1.4, within(1e-9));
        assertThat(orders.factor()).isCloseTo(1.4, within(1e-9));
        assertThat(orders.isUnknown()).isFalse();
    }

    @Test
    void anEvacuationIsObjectedToWhereAnAppHasNothingElse() throws Exception {
        Forecast soft = evacuate("region=us-e1", Loss.Means.EVACUATION);
        assertThat(soft.objections()).containsExactly("stock: nothing else may serve it");
        assertThat(named(app(soft, "orders"), "us-e1").verdicts().getLast()).isEqualTo(Verdict.NOTHING_ELSE_LEFT);

        assertThat(evacuate("region=us-e1", Loss.Means.HARD_EVACUATION).objections())
                .containsExactlyInAnyOrder(
                        "stock: nobody who is well would be left",
                        "orders in us-e1: nobody who is well would be left");
        assertThat(evacuate("zone=ca-c1a", Loss.Means.EVACUATION).objections()).isEmpty();
        assertThat(evacuate("region=ca-c1", Loss.Means.EVACUATION).objections()).containsExactly("payments: nothing else may serve it");
    }

    @Test
    void anAppWithoutWorkersIsListedWithItsAnswer() throws Exception {
        Settings settings = ConfigReader.read("test", CONFIG + "  empty: { pools: { us-e1: { discover: { dns: { name: _http._tcp.orders.test, type: SRV }, zone: us-e1a } } } }\n").settings();
        Forecast forecast = Simulation.of(new ConfiguredApps(settings), new Question(Question.failures("zone=ca-c1a", null), null, null, 1), 20);
        assertThat(forecast.unmanned()).containsExactly("empty");
        assertThat(forecast.worst()).extracting(AppForecast::app).doesNotContain("empty");
        assertThat(ForecastReport.json(forecast, 20)).contains("apps_without_workers", "503 no_workers");
    }

    @Test
    void whatThereIsNotIsSaid() {
        assertThatThrownBy(() -> lose("zone=nix", null, null, null)).isInstanceOf(Simulation.NoneSuchException.class).hasMessageContaining("no worker is in zone=nix");
        assertThatThrownBy(() -> lose("zone=ca-c1a", null, "nix", null)).hasMessage("there is no app nix among 4");
        assertThatThrownBy(() -> lose("house=1", null, null, null)).isInstanceOf(IllegalArgumentException.class);
    }
}
