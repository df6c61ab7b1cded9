package io.weir.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.RetryBudget;
import io.weir.topology.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A table that was changed again and again leads where one leads that was made anew. */
class NextTableTest {
    private static final App.Timeouts TIMEOUTS = new App.Timeouts(1, 1, 1, 1, App.Timeouts.OFF, App.Timeouts.OFF);
    private static final int NAMES = 60;

    private static Route route(String app) {
        return new Route(new App(app, TIMEOUTS, Map.of(), new RetryBudget[0]), "ca-c1", null, null);
    }

    private static List<Rule> rules(SplittableRandom random, Map<String, Route> homes) {
        List<Rule> rules = new ArrayList<>();
        List<String> apps = List.copyOf(homes.keySet());
        for (int i = random.nextInt(4); i > 0 && !apps.isEmpty(); i--) {
            String app = apps.get(random.nextInt(apps.size()));
            String host = switch (random.nextInt(5)) {
                case 0 -> null;
                case 1 -> "*.example.com";
                case 2 -> "app" + random.nextInt(NAMES) + ".cloudhub.example";
                default -> "api" + random.nextInt(3) + ".example.com";
            };
            rules.add(new Rule(host, random.nextBoolean() ? "/" : "/v1", new Rule.ToApp(Template.parse(app), null, null, null)));
        }
        return rules;
    }

    @Test
    void changedTablesLeadWhereNewOnesDo() {
        for (int seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<String, Route> homes = new HashMap<>();
            Map<String, Route> own = new HashMap<>();
            RoutingTable table = new RoutingTable(Map.of(), List.of("cloudhub.example"), Map.of(), List.of(), Map.of());
            for (int step = 0; step < 12; step++) {
                Map<String, Optional<Route>> homeChanges = new HashMap<>();
                Map<String, Optional<Route>> hostChanges = new HashMap<>();
                Map<String, Optional<Route>> ownChanges = new HashMap<>();
                for (int i = random.nextInt(step == 0 ? NAMES : 8); i > 0; i--) {
                    String name = "app" + random.nextInt(NAMES);
                    Optional<Route> next = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(route(name));
                    homeChanges.put(name, next);
                    hostChanges.put(name + ".cloudhub.example", next);
                    ownChanges.put("ca-c1/" + name, next);
                    next.ifPresentOrElse(it -> homes.put(name, it), () -> homes.remove(name));
                    next.ifPresentOrElse(it -> own.put("ca-c1/" + name, it), () -> own.remove("ca-c1/" + name));
                }
                List<Rule> rules = rules(random, homes);
                table = table.with(hostChanges, homeChanges, ownChanges, rules);
                Map<String, Route> byHost = new HashMap<>();
                homes.forEach((name, route) -> byHost.put(name + ".cloudhub.example", route));
                assertSame("seed " + seed + " step " + step, table, new RoutingTable(byHost, List.of("cloudhub.example"), homes, rules, own));
            }
        }
    }

    private static void assertSame(String when, RoutingTable changed, RoutingTable anew) {
        List<String> hosts = new ArrayList<>(List.of("api0.example.com", "api1.example.com", "other.example.com", "nobody.test", "x.cloudhub.example"));
        for (int i = 0; i < NAMES; i++) {
            hosts.add("App" + i + ".cloudhub.example");
            assertThat(changed.home("app" + i)).as(when).isSameAs(anew.home("app" + i));
            byte[] key = ("ca-c1/app" + i).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            assertThat(changed.own(key, 0, key.length)).as(when).isSameAs(anew.own(key, 0, key.length));
        }
        for (String host : hosts) {
            for (String path : List.of("/", "/v1/x")) {
                assertThat(changed.resolve(Requests.get(host, path))).as("%s: %s%s", when, host, path).isEqualTo(anew.resolve(Requests.get(host, path)));
            }
        }
    }
}
