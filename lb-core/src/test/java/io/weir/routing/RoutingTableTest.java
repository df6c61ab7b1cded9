package io.weir.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.RetryBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTableTest {
    private static final App.Timeouts TIMEOUTS = new App.Timeouts(1, 1, 1, 1, App.Timeouts.OFF, App.Timeouts.OFF);

    private final Route global = route("orders", "ca-c1");
    private final Route regional = route("orders", "us-e1");
    private final Route mapped = route("shop", "ca-c1");
    private final Route any = route("fallback", "ca-c1");
    private final RoutingTable table = new RoutingTable(
            Map.of("orders.cloudhub.example", global, "orders.us-e1.cloudhub.example", regional, "api.example.com", mapped),
            List.of("cloudhub.example", "eu.example"),
            any);

    private static Route route(String app, String region) {
        return new Route(new App(app, TIMEOUTS, Map.of(), new RetryBudget[0]), region, null, null);
    }

    private static @Nullable Destination find(RoutingTable table, String host) {
        return table.resolve(Requests.get(host.isEmpty() ? "" : host + ":8080", "/a"));
    }

    private @Nullable Destination find(String host) {
        return find(table, host);
    }

    @Test
    void appDomainsLeadToTheirAppGlobalAndRegional() {
        assertThat(find("orders.cloudhub.example")).isSameAs(global);
        assertThat(find("orders.us-e1.cloudhub.example")).isSameAs(regional);
    }

    @Test
    void caseDoesNotMatter() {
        assertThat(find("ORDERS.CloudHub.eXample")).isSameAs(global);
        assertThat(find(new RoutingTable(Map.of("Api.Example", mapped), List.of(), null), "aPI.example")).isSameAs(mapped);
    }

    @Test
    void oneTrailingDotDoesNotMatter() {
        assertThat(find("orders.cloudhub.example.")).isSameAs(global);
        assertThat(find("api.example.com.")).isSameAs(mapped);
    }

    @Test
    void aHostIsComparedWhole() {
        assertThat(find("api.example.co")).isSameAs(any);
        assertThat(find("xapi.example.com")).isSameAs(any);
        assertThat(find("api.example.com.evil.test")).isSameAs(any);
    }

    @Test
    void aMistypedAppDomainIsNoOtherApp() {
        assertThat(find("odrers.cloudhub.example")).isNull();
        assertThat(find("odrers.CLOUDHUB.example.")).isNull();
        assertThat(find("orders.nowhere.cloudhub.example")).isNull();
        assertThat(find("orders.eu.example")).isNull();
    }

    @Test
    void theDomainItselfIsNotForTheMappingOfAnyHost() {
        assertThat(find("cloudhub.example")).isNull();
        assertThat(find("cloudhub.example.")).isNull();
        assertThat(find("eu.example")).isNull();
    }

    @Test
    void aNameThatOnlyEndsLikeADomainIsNotUnderIt() {
        assertThat(find("xcloudhub.example")).isSameAs(any);
        assertThat(find("orders-cloudhub.example")).isSameAs(any);
        assertThat(find("example")).isSameAs(any);
        assertThat(find("loudhub.example")).isSameAs(any);
    }

    @Test
    void noHostIsForTheMappingOfAnyHostAlone() {
        assertThat(find("")).isSameAs(any);
        assertThat(find(new RoutingTable(Map.of(), List.of(), null), "")).isNull();
    }

    @Test
    void withoutAMappingOfAnyHostOtherHostsAreUnknown() {
        RoutingTable strict = new RoutingTable(Map.of("orders.cloudhub.example", global), List.of("cloudhub.example"), null);
        assertThat(find(strict, "orders.cloudhub.example")).isSameAs(global);
        assertThat(find(strict, "other.test")).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void amongManyHostsEachIsFoundAndNoOther(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Route> routes = new HashMap<>();
        int count = random.nextInt(1, 4_000);
        for (int i = 0; i < count; i++) {
            String host = Integer.toString(random.nextInt(1_000_000), 36) + ".cloudhub.example";
            routes.put(host, route("app" + i, "ca-c1"));
        }
        RoutingTable many = new RoutingTable(routes, List.of("cloudhub.example"), any);
        routes.forEach((host, route) -> {
            assertThat(find(many, random.nextBoolean() ? host : host.toUpperCase(Locale.ROOT))).isSameAs(route);
        });
        for (int i = 0; i < 2000; i++) {
            String host = Integer.toString(random.nextInt(1_000_000), 36) + ".cloudhub.example";
            assertThat(find(many, host)).isSameAs(routes.get(host));
        }
    }

    @Test
    void shortAndSimilarHostsAreToldApart() {
        Map<String, Route> routes = new HashMap<>();
        for (String host : List.of("b1", "c1", "b1.b1", "b1.c1", "c1.b1")) {
            routes.put(host, route(host, "ca-c1"));
        }
        RoutingTable small = new RoutingTable(routes, List.of(), null);
        routes.forEach((host, route) -> assertThat(find(small, host)).isSameAs(route));
        assertThat(find(small, "aaaa")).isNull();
    }
}
