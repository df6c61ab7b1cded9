package io.weir.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table gives the same answers as the rules read one after the other, for random rules and requests. */
class RulesPropertyTest {
    private static final Set<String> APPS = Set.of("orders", "shop-prod", "stock", "fallback", "a", "a-b", "v1");
    private static final List<String> LABELS = List.of("a", "a-b", "orders", "v1", "b", "x-a", "stock");
    private static final List<String> SEGMENTS = List.of("a", "a-b", "orders", "v1", "v1-a", "a--b", "v..", "..v", "%2f", "-", "", "x;y", "aa", "aaa");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theTableAgreesWithTheRulesReadOneAfterTheOther(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int found = 0;
        for (int i = 0; i < 150; i++) {
            List<String> rules = new ArrayList<>();
            for (int n = random.nextInt(6); n >= 0; n--) {
                rules.add(rule(random));
            }
            RoutingTable table = RulesTest.table(rules.toArray(String[]::new));
            ReferenceRules reference = new ReferenceRules(rules, APPS, "cloudhub.example");
            for (int k = 0; k < 60; k++) {
                RequestHead head = Requests.get(host(random), path(random) + (random.nextInt(4) == 0 ? "?a=/b" : ""));
                String expected = reference.where(head);
                assertThat(RulesTest.where(table, head)).as("%s for %s of %s", rules, head.text(0, head.length()), seed).isEqualTo(expected);
                assertTraceAgrees(table, rules, head);
                found += expected.equals("-") ? 0 : 1;
            }
        }
        assertThat(found).as("that is not only misses").isBetween(1_000, 8_500);
    }

    /** The rule that a trace names leads there by itself, and those before it don't. */
    private static void assertTraceAgrees(RoutingTable table, List<String> rules, RequestHead head) {
        String where = RulesTest.where(table, head);
        RoutingTrace trace = table.trace(head);
        assertThat(trace.misses()).hasSameSizeAs(rules);
        assertThat(trace.destination()).isEqualTo(table.resolve(head));
        int matched = trace.matched();
        List<String> before = rules.subList(0, matched < 0 ? rules.size() : matched);
        RoutingTable without = RulesTest.table(before.toArray(String[]::new));
        assertThat(without.trace(head).matched()).isEqualTo(-1);
        assertThat(without.resolve(head) == null).isEqualTo(trace.domain() == null);
        if (matched >= 0) {
            assertThat(RulesTest.where(RulesTest.table(rules.get(matched)), head)).isEqualTo(where);
        }
    }

    private static <T> T any(List<T> of, SplittableRandom random) {
        return of.get(random.nextInt(of.size()));
    }

    private static String host(SplittableRandom random) {
        String host = switch (random.nextInt(6)) {
            case 0 -> any(LABELS, random) + ".cloudhub.example";
            case 1 -> any(LABELS, random) + "." + any(LABELS, random) + ".test";
            case 2 -> "h.test";
            case 3 -> "";
            default -> any(LABELS, random) + ".test";
        };
        return host.isEmpty() ? host : (random.nextInt(3) == 0 ? host.toUpperCase(java.util.Locale.ROOT) : host) + any(List.of("", ".", ":80"), random);
    }

    private static String path(SplittableRandom random) {
        StringBuilder path = new StringBuilder();
        for (int n = random.nextInt(4); n >= 0; n--) {
            path.append('/').append(any(SEGMENTS, random));
        }
        return path.toString();
    }

    private static String rule(SplittableRandom random) {
        String host = any(List.of("-", "-", "h.test", "*.test", "{h}.test", "x-{h}.test", "{h}.{i}.test", "{h}.cloudhub.example", "orders.cloudhub.example", "a.test"), random);
        String path = any(List.of("/", "/a", "/a/", "/{p}", "/{p}/", "/{p}/v1", "/v{p}/", "/{p}-{q}", "/{p}--{q}/{r}", "/a{p}a", "/orders/{p}"), random);
        List<String> apps = new ArrayList<>(List.of("orders", "stock"));
        List<String> rewrites = new ArrayList<>(List.of("", " /", " /b", " /b/"));
        for (String name : List.of("h", "p", "q")) {
            if ((host + path).contains("{" + name + "}")) {
                apps.add("{" + name + "}");
                apps.add("a-{" + name + "}");
                rewrites.add(" /{" + name + "}/x");
            }
        }
        return host + " " + path + " " + any(apps, random) + any(rewrites, random);
    }
}
