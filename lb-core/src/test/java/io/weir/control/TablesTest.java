package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Attempts;
import io.weir.balancing.Decision;
import io.weir.balancing.Draw;
import io.weir.balancing.Target;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.http.HeadLimits;
import io.weir.http.RequestHead;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.routing.Answer;
import io.weir.routing.App;
import io.weir.routing.Requests;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Endpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final String CONFIG = """
            domains: [cloudhub.example, other.example]
            here: {region: ca-c1, zone: ca-c1a}
            regions:
              ca-c1: {jurisdiction: CA, zones: [ca-c1a, ca-c1b]}
              us-e1: {jurisdiction: US, zones: [us-e1a]}
              eu-w1: {jurisdiction: EU, zones: [eu-w1a], domain: eu.example}
            listeners: [{bind: ":8080"}]
            apps:
              orders:
                pools:
                  us-e1: {workers: [{address: "127.0.0.1:9101", zone: us-e1a}]}
                  ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a, weight: 2}, {address: "127.0.0.1:9002", zone: ca-c1b}]}
                timeouts: {connect: 1s, response: 7s, idle: 8s, websocket: 9s, attempt: 3s, total: 20s}
              billing:
                pools:
                  us-e1: {workers: [{address: "127.0.0.1:9101", zone: us-e1a}]}
                  eu-w1: {workers: [{address: "127.0.0.1:9201", zone: eu-w1a}]}
            mappings:
              - {host: api.example.com, app: billing}
              - {host: orders.other.example, app: billing}
              - {app: orders}
            """;

    private static EventLoops loops;
    private static Endpoints endpoints;
    private static RoutingTable table;

    @BeforeAll
    static void build() {
        loops = new EventLoops(TransportKind.NIO, 2);
        endpoints = new Endpoints(loops, new HeadLimits(8192, 65536, 100));
        table = table(CONFIG);
    }

    @AfterAll
    static void stop() {
        endpoints.close();
        assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    }

    private static RoutingTable table(String config) {
        try {
            return new Tables(new LiveTargets(endpoints, null), 2).build(ConfigReader.read("weir.yaml", config).settings(), 0).table();
        } catch (ConfigProblemsException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private static @Nullable Route find(String host) {
        return (Route) table.resolve(Requests.get(host, "/"));
    }

    private static Route route(String host) {
        return Objects.requireNonNull(find(host), host);
    }

    private static Target first(Route route, int turn) {
        App.RegionPlan plan = Objects.requireNonNull(route.plan());
        return Objects.requireNonNull(Decision.decide(plan.plan(), new Attempts(), 0, new Draw().begin(turn, 0)));
    }

    @Test
    void everyRegionOfAnAppHasItsDomains() {
        assertThat(route("orders.ca-c1.cloudhub.example").region()).isEqualTo("ca-c1");
        assertThat(route("orders.us-e1.other.example").region()).isEqualTo("us-e1");
        assertThat(route("orders.us-e1.cloudhub.example").app().name()).isEqualTo("orders");
    }

    @Test
    void aRegionWithADomainOfItsOwnIsNamedThereAlone() {
        assertThat(route("billing.eu-w1.eu.example").region()).isEqualTo("eu-w1");
        assertThat(find("billing.eu-w1.cloudhub.example")).isNull();
        assertThat(find("billing.us-e1.eu.example")).as("under a domain, but nothing there").isNull();
        assertThat(find("eu.example")).isNull();
    }

    @Test
    void anAppWithoutAPoolInTheNamedRegionIsKnownButNotServed() {
        Route route = route("billing.ca-c1.cloudhub.example");
        assertThat(route.app().name()).isEqualTo("billing");
        assertThat(route.plan()).isNull();
    }

    @Test
    void theGlobalDomainLeadsHereIfTheAppLivesHere() {
        assertThat(route("orders.cloudhub.example").region()).isEqualTo("ca-c1");
        assertThat(route("orders.cloudhub.example").plan()).isSameAs(route("orders.ca-c1.cloudhub.example").plan());
    }

    @Test
    void theGlobalDomainLeadsToTheAppsFirstRegionElse() {
        assertThat(route("billing.cloudhub.example").region()).isEqualTo("us-e1");
    }

    @Test
    void aMappingOfAVeryHostWinsOverAnAppDomain() {
        assertThat(route("orders.other.example").app().name()).isEqualTo("billing");
        assertThat(route("api.example.com").app().name()).isEqualTo("billing");
    }

    @Test
    void theMappingOfAnyHostTakesWhatIsUnderNoDomain() {
        assertThat(route("elsewhere.test").app().name()).isEqualTo("orders");
        assertThat(route("").app().name()).isEqualTo("orders");
        assertThat(find("odrers.cloudhub.example")).isNull();
    }

    @Test
    void weightsZonesAndAddressesOfWorkersArriveAtTheirTargets() {
        Route route = route("orders.cloudhub.example");
        assertThat(java.util.stream.IntStream.range(0, 3).mapToObj(turn -> first(route, turn).name()))
                .containsExactlyInAnyOrder("127.0.0.1:9001", "127.0.0.1:9001", "127.0.0.1:9002");
        Target heavy = first(route, 0);
        assertThat(heavy.zone()).isEqualTo("ca-c1a");
        assertThat(heavy.weight()).isEqualTo(2);
    }

    @Test
    void oneAddressWithTheSameSettingsIsOneEndpointForAllApps() {
        Target ofOrders = first(route("orders.us-e1.cloudhub.example"), 0);
        Target ofBilling = first(route("billing.us-e1.cloudhub.example"), 0);
        assertThat(ofOrders).as("two apps, two targets").isNotSameAs(ofBilling);
        assertThat(((EndpointTarget) ofOrders).endpoint()).isSameAs(((EndpointTarget) ofBilling).endpoint());
    }

    @Test
    void timeoutsArriveInNanoseconds() {
        assertThat(route("orders.cloudhub.example").app().timeouts())
                .isEqualTo(new App.Timeouts(1_000_000_000L, 7_000_000_000L, 8_000_000_000L, 9_000_000_000L, 3_000_000_000L, 20_000_000_000L));
        assertThat(route("billing.cloudhub.example").app().timeouts())
                .extracting(App.Timeouts::attempt, App.Timeouts::total)
                .containsExactly(App.Timeouts.OFF, App.Timeouts.OFF);
    }

    @Test
    void everyLoopHasARetryBudgetOfItsOwn() {
        App app = route("orders.cloudhub.example").app();
        assertThat(app.budget(0)).isNotSameAs(app.budget(1));
    }

    @Test
    void theExampleOfMappingsLeadsWhereItSays() throws IOException {
        RoutingTable example = table(Files.readString(Path.of("..", "docs", "examples", "mappings.yaml")));
        assertThat(example.resolve(Requests.get("api.example.com", "/private/x"))).isEqualTo(new Answer(403, null));
        assertThat(example.resolve(Requests.get("api.example.com", "/old/a?b")))
                .isEqualTo(new Answer(308, "https://api.example.com/orders/v1/a?b"));
        RequestHead us = Requests.get("api.example.com", "/us/list");
        assertThat(example.resolve(us)).isInstanceOfSatisfying(Route.class, route -> {
            assertThat(route.region()).isEqualTo("us-e1");
            assertThat(route.plan()).isSameAs(route.app().in("us-e1"));
            assertThat(route.steps()).isNotNull();
        });
        assertThat(us.target()).isEqualTo("/list");
        RequestHead list = Requests.get("api.example.com", "/orders/v1/list?a=1");
        assertThat(example.resolve(list)).isInstanceOfSatisfying(Route.class, route -> assertThat(route.region()).isEqualTo("ca-c1"));
        assertThat(list.target()).isEqualTo("/list?a=1");
        assertThat(example.resolve(Requests.get("shop.example.com", "/x")))
                .isInstanceOfSatisfying(Route.class, route -> assertThat(route.app().name()).isEqualTo("shop-prod"));
        assertThat(example.resolve(Requests.get("a.b.example.com", "/x"))).isEqualTo(new Answer(302, "https://www.example.com/"));
        assertThat(example.resolve(Requests.get("elsewhere.test", "/x"))).isNull();
    }

    @Test
    void appsBehindOneGatewayShareItsEndpoint() throws ConfigProblemsException {
        Tables tables = new Tables(new LiveTargets(endpoints, null), 2);
        List<EndpointTarget> targets = tables.build(ConfigReader.read("weir.yaml", """
                domains: [d.example]
                here: {region: r1, zone: r1a}
                regions: {r1: {jurisdiction: XX, zones: [r1a]}, r2: {jurisdiction: XX, zones: [r2a]}}
                listeners: [{bind: ":8080"}]
                apps:
                  one: {pools: {r2: {gateway: {address: "127.0.0.1:1"}}}, upstream: {connections: 5}}
                  two: {pools: {r2: {gateway: {address: "127.0.0.1:1"}}}}
                """).settings(), 0).apps().stream().map(app -> (EndpointTarget) app.members().getFirst().target()).toList();

        assertThat(targets).hasSize(2).allMatch(target -> target.endpoint().equals(targets.getFirst().endpoint()));
    }

    @Test
    void latenciesAreMeasuredForPeakEwmaAlone() throws ConfigProblemsException {
        Tables tables = new Tables(new LiveTargets(endpoints, null), 2);
        String apps = """
                domains: [d.example]
                here: {region: r1, zone: r1a}
                regions: {r1: {jurisdiction: XX, zones: [r1a]}}
                listeners: [{bind: ":8080"}]
                apps:
                  even: {pools: {r1: {workers: [{address: "127.0.0.1:1", zone: r1a}]}}, balance: least-request}
                """;
        tables.build(ConfigReader.read("weir.yaml", apps).settings(), 0);
        assertThat(tables.latencySums().isEmpty()).isTrue();
        String fast = "  fast: {pools: {r1: {workers: [{address: \"127.0.0.1:1\", zone: r1a}]}}, balance: peak-ewma}\n";
        RoutingTable with = tables.build(ConfigReader.read("weir.yaml", apps + fast).settings(), 0).table();
        assertThat(tables.latencySums().isEmpty()).isFalse();
        Route route = (Route) Objects.requireNonNull(with.resolve(Requests.get("fast.d.example", "/")));
        first(route, 0).answered(1, 5_000_000);
        tables.latencySums().tick(100_000_000);
    }
}
