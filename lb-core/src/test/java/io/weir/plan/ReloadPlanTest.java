package io.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.explain.FromConfig;
import io.weir.frontend.AtStake;
import io.weir.health.Health;
import io.weir.plan.Rerouting.Group;
import io.weir.telemetry.RecentRequests.Seen;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What another config would mean for requests that were seen, and which conditions that breaks. */
class ReloadPlanTest {
    private static final String CONFIG = """
            domains: [cloudhub.example]
            here: { region: ca-c1, zone: ca-c1a }
            listeners: [ { bind: ":8080" } ]
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
            apps:
              orders: { pools: { ca-c1: { workers: [ { address: "127.0.0.1:1", zone: ca-c1a } ] }, us-e1: { workers: [ { address: "127.0.0.1:2", zone: us-e1a } ] } } }
              stock: { pools: { us-e1: { workers: [ { address: "127.0.0.1:3", zone: us-e1a } ] } } }
            mappings:
              - { host: shop.example, path: /stock/, app: stock, rewrite: / }
              - { host: shop.example, app: orders }
              - { host: old.example, redirect: "https://shop.example/{rest}" }
              - { host: "*.example", respond: 410 }
            """;

    private static Settings settings(String text) throws Exception {
        return ConfigReader.read("test", text).settings();
    }

    private static ReloadPlan plan(String next, AtStake closes, Seen... seen) throws Exception {
        Settings before = settings(CONFIG);
        Settings after = settings(next);
        return ReloadPlan.of(
                before,
                after,
                new FromConfig(before, Health.HEALTHY).table(),
                () -> new FromConfig(after, Health.UNPROVEN).table(),
                closes,
                List.of(seen));
    }

    private static Seen get(String host, String path) {
        return new Seen(0, "GET", host, path);
    }

    private static Rerouting rerouting(String what, String instead, Seen... seen) throws Exception {
        assertThat(CONFIG).contains(what);
        return plan(CONFIG.replace(what, instead), AtStake.NOTHING, seen).rerouting();
    }

    @Test
    void aConfigThatIsTheSameLeadsNobodyElsewhere() throws Exception {
        ReloadPlan plan = plan(CONFIG, AtStake.NOTHING, get("shop.example", "/stock/1"), get("nobody.test", "/"), get("old.example", "/a"));

        assertThat(plan.difference().isEmpty()).isTrue();
        assertThat(plan.rerouting()).isEqualTo(new Rerouting(3, List.of()));
    }

    @Test
    void whereRequestsGoAndWhereTheyWouldGo() throws Exception {
        assertThat(rerouting(
                        "  - { host: shop.example, path: /stock/, app: stock, rewrite: / }\n",
                        "",
                        get("shop.example", "/stock/1"),
                        get("shop.example", "/stock/2"),
                        get("shop.example", "/cart"))
                .groups())
                .containsExactly(new Group("app stock in us-e1 as /1", "app orders in ca-c1", 2, "GET shop.example/stock/1"));
    }

    @Test
    void theLargestGroupComesFirst() throws Exception {
        Rerouting rerouting = rerouting(
                "app: stock, rewrite: / }\n  - { host: shop.example, app: orders }",
                "respond: 410 }\n  - { host: shop.example, respond: 204 }",
                get("shop.example", "/stock/a"),
                get("shop.example", "/"),
                get("shop.example", "/b"));

        assertThat(rerouting.groups()).extracting(Group::count, Group::then).containsExactly(Tuple.tuple(2, "204"), Tuple.tuple(1, "410"));
    }

    @Test
    void toNothingToAnotherRegionAndToAnAnswer() throws Exception {
        String next = CONFIG.replace("app: orders }", "app: orders, region: us-e1 }").replace("*.example", "*.other").replace("respond: 410", "respond: 204");
        Rerouting rerouting = plan(
                        next,
                        AtStake.NOTHING,
                        get("shop.example", "/"),
                        get("x.example", "/"),
                        get("y.example", "/"),
                        get("a.other", "/"),
                        get("orders.cloudhub.example", "/"),
                        new Seen(0, "OPTIONS", "orders.cloudhub.example", "*"),
                        new Seen(0, "", "shop.example", "/"))
                .rerouting();

        assertThat(rerouting.groups())
                .containsExactlyInAnyOrder(
                        new Group("app orders in ca-c1", "app orders in us-e1", 2, "GET shop.example/"),
                        new Group("410", "404 no_route", 2, "GET x.example/"),
                        new Group("404 no_route", "204", 1, "GET a.other/"));
        assertThat(rerouting.asked()).isEqualTo(7);
        assertThat(rerouting.elsewhere()).isEqualTo(5);
        assertThat(rerouting.share()).isEqualTo(5 / 7.0);
    }

    @Test
    void aPoolThatGoesIsAWrongRegion() throws Exception {
        assertThat(rerouting(
                        ", us-e1: { workers: [ { address: \"127.0.0.1:2\", zone: us-e1a } ] }",
                        "",
                        get("orders.us-e1.cloudhub.example", "/"))
                .groups())
                .containsExactly(new Group("app orders in us-e1", "421 wrong_region", 1, "GET orders.us-e1.cloudhub.example/"));
    }

    @Test
    void redirectsAreOneGroupForEachHost() throws Exception {
        assertThat(rerouting("https://shop.example/{rest}", "https://store.example/{rest}", get("old.example", "/a"), get("old.example", "/b")).groups())
                .containsExactly(new Group("308 https://shop.example/a", "308 https://store.example/a", 2, "GET old.example/a"));
    }

    @Test
    void conditionsThatHoldAreSaidWithWhatThereIs() throws Exception {
        ReloadPlan plan = plan(CONFIG.replace("app: stock, rewrite: / }", "app: orders }").replace(
                ", us-e1: { workers: [ { address: \"127.0.0.1:2\", zone: us-e1a } ] }", ""), new AtStake(2, 0, 1), get("shop.example", "/stock/"), get("shop.example", "/"));

        assertThat(plan.failing(PlanCondition.parseAll("closes>2,closes>3,removed-workers>30%,removed-workers>40%,rerouted>1%,rerouted>50%")))
                .containsExactly("closes>2: 3", "removed-workers>30%: 33.3%", "rerouted>1%: 50%");
    }
}
