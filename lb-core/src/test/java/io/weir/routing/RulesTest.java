package io.weir.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.balancing.RetryBudget;
import io.weir.http.RequestHead;
import io.weir.topology.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules: which of them a request goes by, and what becomes of its path. */
class RulesTest {
    private static final App.Timeouts TIMEOUTS = new App.Timeouts(1, 1, 1, 1, App.Timeouts.OFF, App.Timeouts.OFF);
    private static final List<String> APPS = List.of("orders", "shop-prod", "stock", "fallback", "a", "a-b", "v1");

    /** One line a rule: {@code host path goal [rewrite]}; {@code -} is any host. A goal is an app, a number, or begins with {@code >}. */
    static RoutingTable table(String... rules) {
        Map<String, Route> homes = new HashMap<>();
        Map<String, Route> byHost = new HashMap<>();
        for (String name : APPS) {
            Route home = new Route(new App(name, TIMEOUTS, Map.of(), new RetryBudget[0]), "ca-c1", null, null);
            homes.put(name, home);
            byHost.put(name + ".cloudhub.example", home);
        }
        return new RoutingTable(byHost, List.of("cloudhub.example"), homes, List.of(rules).stream().map(RulesTest::rule).toList());
    }

    private static Rule rule(String text) {
        String[] words = text.split(" ", -1);
        String goal = words[2];
        Template rewrite = words.length > 3 ? Template.parse(words[3]) : null;
        Rule.Goal to = goal.startsWith(">")
                ? new Rule.Redirect(308, Template.parse(goal.substring(1)))
                : Character.isDigit(goal.charAt(0))
                        ? new Rule.Respond(Integer.parseInt(goal))
                        : new Rule.ToApp(Template.parse(goal), null, rewrite, null);
        return new Rule(words[0].equals("-") ? null : words[0], words[1], to);
    }

    /** Where a request goes: {@code app target}, {@code status} or {@code status location}, or {@code -}. */
    static String where(RoutingTable table, RequestHead head) {
        return switch (table.resolve(head)) {
            case null -> "-";
            case Route route -> route.app().name() + " " + head.target();
            case Answer answer -> answer.status() + (answer.location() == null ? "" : " " + answer.location());
        };
    }

    private static String where(RoutingTable table, @Nullable String host, String target) {
        return where(table, Requests.get(host == null ? "" : host, target));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // the examples of the documentation
        "- /{app}/v1/ {app} /                    | api.test        | /orders/v1/list?a=1  | orders /list?a=1",
        "- /{app}/v1/ {app} /                    | api.test        | /orders/v1           | orders /",
        "- /{app}/v1/ {app} /                    | api.test        | /orders/v12/         | -",
        "{app}.example.com / {app}-prod          | shop.example.com | /x                  | shop-prod /x",
        "- /hello/ orders /test/                 | api.test        | /hello/world/        | orders /test/world/",
        // prefixes go by whole segments, a final slash makes no difference
        "- /a/b orders                           | h.test          | /a/b                 | orders /a/b",
        "- /a/b orders                           | h.test          | /a/b/                | orders /a/b/",
        "- /a/b/ orders                          | h.test          | /a/b?q               | orders /a/b?q",
        "- /a/b orders                           | h.test          | /a/bc                | -",
        "- /a/b orders                           | h.test          | /a                   | -",
        "- /a/b orders                           | h.test          | /A/b                 | -",
        // rewriting
        "- /a orders /                           | h.test          | /a                   | orders /",
        "- /a orders /                           | h.test          | /a/                  | orders /",
        "- /a orders /                           | h.test          | /a?q=/a              | orders /?q=/a",
        "- /a orders /                           | h.test          | /a//evil.test/       | orders /evil.test/",
        "- /a orders /b                          | h.test          | /a//c                | orders /b//c",
        "- /a orders /b                          | h.test          | /a                   | orders /b",
        "- /a orders /b/                         | h.test          | /a                   | orders /b/",
        "- / orders /b                           | h.test          | /                    | orders /b/",
        "- / orders /b/                          | h.test          | /x                   | orders /b/x",
        "- / orders /                            | h.test          | /x//y                | orders /x//y",
        "- /{x}/{y} orders /{y}/{x}/             | h.test          | /1/2/3               | orders /2/1/3",
        // what paths may hide
        "- /a orders                             | h.test          | //a                  | orders /a",
        "- /a orders                             | h.test          | /b/../a              | orders /a",
        "- /a orders                             | h.test          | /b/%2e%2e/%61        | orders /a",
        "- /a orders                             | h.test          | /b%2f..%2fa          | -",
        "- /a orders /                           | h.test          | /a%2fb               | -",
        "- /{app}/ {app} /                       | h.test          | /orders%2fx/y        | -",
        "- /{app}/ {app} /                       | h.test          | /x/../orders/y       | orders /y",
        "- /v{x}/ orders /{x}/                   | h.test          | /v../y               | -",
        "- /v{x}/ orders /{x}/                   | h.test          | /v..a/y              | orders /..a/y",
        "- /{app}/ {app} /                       | h.test          | /ORDERS/y            | -",
        "- /{app}/ {app} /                       | h.test          | //y                  | -",
        "- /{app}/ {app} /                       | h.test          | /orders;x=1/y        | -",
        "- /a/{x} orders                         | h.test          | /a//b                | -",
        // hosts
        "*.example.com / orders                  | a.example.com   | /                    | orders /",
        "*.example.com / orders                  | A.B.EXAMPLE.com. | /                   | orders /",
        "*.example.com / orders                  | example.com     | /                    | -",
        "*.example.com / orders                  | xexample.com    | /                    | -",
        "{app}.example.com / {app}               | ORDERS.example.com:8443 | /            | orders /",
        "{app}.example.com / {app}               | orders.example.com.:80 | /             | orders /",
        "{app}.example.com / {app}               | x.orders.example.com | /               | -",
        "{app}.example.com / {app}               | nobody.example.com | /                 | -",
        "api-{app}.{zone}.test / {app}           | api-orders.z1.test | /                 | orders /",
        "api-{app}.{zone}.test / {app}           | api-.z1.test    | /                    | -",
        "{app}.test / {app}                      | [::1]           | /                    | -",
        // domains
        "- / fallback                            | orders.cloudhub.example | /            | orders /",
        "- / fallback                            | ORDERS.Cloudhub.Example.:80 | /        | orders /",
        "- / fallback                            | odrers.cloudhub.example | /            | -",
        "- / fallback                            | cloudhub.example | /                   | -",
        "*.cloudhub.example / 410                | odrers.cloudhub.example | /            | 410",
        "*.cloudhub.example / 410                | orders.cloudhub.example | /            | orders /",
        "orders.cloudhub.example /v2 stock       | orders.cloudhub.example | /v2          | stock /v2",
        "orders.cloudhub.example /v2 stock       | orders.cloudhub.example | /v3          | orders /v3",
        // pieces of segments, the first captures longest
        "- /{app}-{v}/ {app} /{v}/               | h.test          | /a-b-c/x             | a-b /c/x",
        "- /{app}--{v}/ {app} /{v}/              | h.test          | /a---c/x             | -",
        "- /x{v}y/ orders /{v}                   | h.test          | /xy/                 | -",
        "- /x{v}y/ orders /{v}                   | h.test          | /xyy/                | orders /y/",
        // redirects and answers
        "- /old >https://new.test/{rest}         | h.test          | /old/a?b=1           | 308 https://new.test/a?b=1",
        "- /old >/{rest}                         | h.test          | /old//evil.test/     | 308 /evil.test/",
        "- /old >/{rest}                         | h.test          | /old                 | 308 /",
        "- / >https://{host}/{rest}              | h.test:8080     | /a?b                 | 308 https://h.test/a?b",
        "- /{app} >https://{app}.test/{rest}     | h.test          | /a/b                 | 308 https://a.test/b",
        "- /{app} >https://x.test/               | h.test          | /a/b                 | 308 https://x.test/",
        "- /private 403                          | h.test          | /private/x           | 403",
    })
    void oneRule(String rule, String host, String target, String expected) {
        assertThat(where(table(rule), host, target)).isEqualTo(expected);
        RoutingTable withHost = table("h.test /never 404", rule);
        assertThat(where(withHost, host, target)).as("beside a rule of the very host").isEqualTo(expected);
    }

    @Test
    void theFirstRuleThatMatchesWinsEvenIfALaterOneIsLonger() {
        RoutingTable table = table("- /a orders", "- /a/b stock", "h.test /c stock", "- / fallback");
        assertThat(where(table, "h.test", "/a/b")).isEqualTo("orders /a/b");
        assertThat(where(table, "h.test", "/c")).isEqualTo("stock /c");
        assertThat(where(table, "x.test", "/c")).isEqualTo("fallback /c");
    }

    @Test
    void aCaptureThatYieldsNoAppLeavesTheRequestToTheNextRule() {
        RoutingTable table = table("{app}.example.com / {app}", "- /{app}/ {app} /x", "*.example.com / stock", "- / fallback");
        assertThat(where(table, "orders.example.com", "/a")).isEqualTo("orders /a");
        assertThat(where(table, "nobody.example.com", "/a")).isEqualTo("a /x");
        assertThat(where(table, "nobody.example.com", "/b")).isEqualTo("stock /b");
        assertThat(where(table, "other.test", "/b")).as("nothing of a rule that did not match is kept").isEqualTo("fallback /b");
    }

    @Test
    void anExactHostHasSeveralRulesByPathAndTheirOrderCounts() {
        RoutingTable table = table("h.test /a orders", "h.test /b stock /", "*.test /c a", "h.test /c v1", "- / fallback", "h.test / v1");
        assertThat(where(table, "h.test", "/a")).isEqualTo("orders /a");
        assertThat(where(table, "H.test.", "/b/x")).isEqualTo("stock /x");
        assertThat(where(table, "h.test", "/c")).isEqualTo("a /c");
        assertThat(where(table, "h.test", "/d")).isEqualTo("fallback /d");
    }

    @Test
    void aRequestWithoutHostGoesByRulesWithoutHostAlone() {
        RoutingTable table = table("*.test / orders", "{app}.test / {app}", "- /x >https://{host}/", "- / fallback");
        assertThat(where(table, null, "/a")).isEqualTo("fallback /a");
        assertThat(where(table, null, "/x")).as("there is no {host} to send it to").isEqualTo("fallback /x");
        assertThat(where(table("h.test / orders"), null, "/a")).isEqualTo("-");
    }

    @Test
    void optionsOfTheServerGoByTheirHostAloneAndStayAsTheyAre() {
        RoutingTable table = table("- /{app}/ {app} /", "h.test /b stock /c", "- / fallback");
        assertThat(where(table, Requests.head("OPTIONS", "h.test", "*"))).isEqualTo("stock *");
        assertThat(where(table, Requests.head("OPTIONS", "x.test", "*"))).isEqualTo("fallback *");
        assertThat(where(table, Requests.head("OPTIONS", "h.test", "http://h.test"))).isEqualTo("stock *");
        assertThat(where(table("- / >https://new.test/{rest}"), Requests.head("OPTIONS", "h.test", "*"))).isEqualTo("308 https://new.test/");
    }

    @Test
    void anAbsoluteTargetIsMatchedByItsPath() {
        assertThat(where(table("h.test /a orders /b"), Requests.head("GET", "h.test", "http://h.test/a/x?y"))).isEqualTo("orders /b/x?y");
        assertThat(where(table("h.test / orders /b"), Requests.head("GET", "h.test", "http://h.test?y"))).isEqualTo("orders /b/?y");
    }

    @Test
    void whatARuleDoesWithItsRegionIsInItsRoute() {
        Route home = new Route(new App("orders", TIMEOUTS, Map.of(), new RetryBudget[0]), "ca-c1", null, null);
        Rule rule = new Rule(null, "/", new Rule.ToApp(Template.parse("orders"), "us-e1", null, null));
        RoutingTable table = new RoutingTable(Map.of(), List.of(), Map.of("orders", home), List.of(rule));
        assertThat(table.resolve(Requests.get("h.test", "/"))).isEqualTo(new Route(home.app(), "us-e1", null, null));
    }

    @Test
    void hostsThatClientsMakeUpAreRememberedWithinABound() {
        RoutingTable table = table("*.example.com / orders");
        for (int i = 0; i < 30_000; i++) {
            assertThat(where(table, "h" + i + ".test", "/")).isEqualTo("-");
        }
        assertThat(table.rememberedHosts()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void hostsInAnyCaseAndWithADotAreRememberedOnce() {
        RoutingTable table = table("*.example.com / orders");
        for (String host : List.of("a.example.com", "A.example.COM", "a.example.com.", "a.example.com:80")) {
            assertThat(where(table, host, "/")).isEqualTo("orders /");
        }
        assertThat(table.rememberedHosts()).isEqualTo(1);
    }

    @Test
    void aRuleForAnAppOrCaptureThatThereIsNotIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> table("- / nobody")).withMessage("there is no app nobody");
        assertThatIllegalArgumentException().isThrownBy(() -> table("- / {app}")).withMessage("nothing captures {app}");
    }

    @Test
    void manyRulesOfOneKindAreToldApart() {
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            rules.add("h" + i + ".test /p" + i + " " + APPS.get(i % APPS.size()));
        }
        RoutingTable table = table(rules.toArray(String[]::new));
        for (int i = 0; i < 200; i++) {
            assertThat(where(table, "h" + i + ".test", "/p" + i)).isEqualTo(APPS.get(i % APPS.size()) + " /p" + i);
            assertThat(where(table, "h" + i + ".test", "/p" + (i + 1))).isEqualTo("-");
        }
    }
}
