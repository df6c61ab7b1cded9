package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.config.SettingsDifference.PoolWorker;
import io.weir.topology.WorkerAddress;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What differs between two configs is said by their keys, and no more than that. */
class SettingsDifferenceTest {
    private static final String TEXT = """
            domains: [cloudhub.example]
            here: {region: ca-c1, zone: ca-c1a}
            regions:
              ca-c1: {jurisdiction: CA, zones: [ca-c1a, ca-c1b]}
              us-e1: {jurisdiction: US, zones: [us-e1a]}
            listeners: [{bind: ":8080"}, {bind: "127.0.0.1:8081", timeouts: {head: 11s}}]
            trusted-proxies: [10.0.0.0/8]
            admin: {bind: "127.0.0.1:9901", token: a-token-of-24-characters}
            apps:
              orders:
                pools:
                  ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}, {address: "127.0.0.1:9002", zone: ca-c1b}]}
                  us-e1: {gateway: {address: "10.0.0.1:80"}}
                timeouts: {response: 301s}
              old:
                pools:
                  us-e1: {workers: [{address: "127.0.0.1:9101", zone: us-e1a}]}
            mappings:
              - {host: a.example, app: orders}
              - {host: b.example, app: orders}
              - {host: c.example, respond: 410}
            """;

    private static SettingsDifference difference(String before, String after) {
        return SettingsDifference.of(Configs.read(before), Configs.read(after));
    }

    private static SettingsDifference without(String what, String instead) {
        assertThat(TEXT).contains(what);
        return difference(TEXT, TEXT.replace(what, instead));
    }

    @Test
    void equalSettingsDifferInNothing() {
        SettingsDifference none = difference(TEXT, TEXT + "# another comment\n");

        assertThat(none.isEmpty()).isTrue();
        assertThat(none.lines(10)).isEmpty();
        assertThat(none.workersBefore()).isEqualTo(4);
        assertThat(none.leavingShare()).isZero();
    }

    @Test
    void everyKeyThatDiffersIsSaidAndLedBackItIsToo() {
        String least = Configs.LEAST + "apps: {}\n";

        assertThat(difference(least, SettingsKeysTest.EVERY_KEY).lines(1000))
                .contains(
                        "here.region: ca-c1 -> us-e1",
                        "domains: with apps.example",
                        "regions.ca-c1.domain: new, ca.example",
                        "listeners[:8080]: gone",
                        "listeners[127.0.0.1:8443]: new",
                        "apps.stock: new, 2 pools, 3 workers",
                        "apps.orders: new, 2 pools, 2 workers",
                        "mappings[0]: new, api.example.com/: app orders",
                        "mappings[5]: new, any host, /: app stock",
                        "access-log.format: off -> json",
                        "metrics.apps: 1000 -> 7",
                        "admin: new, {bind: 127.0.0.1:9901, socket: /run/weir/admin.sock, token: (redacted)}",
                        "runtime.event-loops: auto -> 3",
                        "limits.body: off -> 1MiB",
                        "reload.roll-back-if: off -> errors>2.5%")
                .noneMatch(line -> line.contains("a-token") || line.startsWith("admin."));
        assertThat(difference(SettingsKeysTest.EVERY_KEY, least).lines(1000))
                .contains("apps.stock: gone, had 2 pools, 3 workers", "here.region: us-e1 -> ca-c1", "domains: without apps.example");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            response: 301s | response: 30s | apps.orders.timeouts.response: 301s -> 30s
            head: 11s | head: 5s | listeners[127.0.0.1:8081].timeouts.head: 11s -> 5s
            , {bind: "127.0.0.1:8081", timeouts: {head: 11s}} | '' | listeners[127.0.0.1:8081]: gone
            [10.0.0.0/8] | [10.0.0.0/9, 10.0.0.0/8] | trusted-proxies: with 10.0.0.0/9
            a-token-of-24-characters | a-token-of-25-characters- | admin.token: another
            "127.0.0.1:9901", | "127.0.0.1:9901", socket: /run/w.sock, | admin.socket: new, /run/w.sock
            10.0.0.1:80 | 10.0.0.2:80 | apps.orders.pools.us-e1.gateway.address: 10.0.0.1:80 -> 10.0.0.2:80
            gateway: {address: "10.0.0.1:80"} | workers: [{address: "10.0.0.1:80", zone: us-e1a}] | apps.orders.pools.us-e1: gateway 10.0.0.1:80 -> 1 worker
            {response: 301s} | {response: 301s}\\n    affinity: {cookie: back} | apps.orders.affinity: new, {cookie: back}
            {response: 301s} | {response: 301s}\\n    check: off | apps.orders.check: {tcp: {}, interval: 5s, timeout: 2s, rise: 2, fall: 3} -> off
            """)
    void oneThing(String what, String instead, String line) {
        assertThat(without(what, instead.replace("\\n", "\n")).lines(10)).containsExactly(line);
    }

    @Test
    void whatHoldsFromTheNextStartOn() {
        assertThat(difference(Configs.LEAST, SettingsKeysTest.EVERY_KEY).forNextStart())
                .containsExactly("runtime.event-loops", "runtime.transport", "runtime.state", "instance", "metrics", "admin.bind", "admin.socket");
        assertThat(without("response: 301s", "response: 2s").forNextStart()).isEmpty();
    }

    @Test
    void aWorkerIsReplacedAndOthersChange() {
        SettingsDifference difference = without(
                "{address: \"127.0.0.1:9001\", zone: ca-c1a}, {address: \"127.0.0.1:9002\", zone: ca-c1b}",
                "{address: \"127.0.0.1:9003\", zone: ca-c1b, weight: 3}, {address: \"127.0.0.1:9002\", zone: ca-c1a, weight: 2}");

        assertThat(difference.lines(10))
                .containsExactly(
                        "apps.orders.pools.ca-c1: 127.0.0.1:9001 (zone ca-c1a) leaves",
                        "apps.orders.pools.ca-c1: 127.0.0.1:9002 zone ca-c1b -> ca-c1a",
                        "apps.orders.pools.ca-c1: 127.0.0.1:9002 weight 1 -> 2",
                        "apps.orders.pools.ca-c1: 127.0.0.1:9003 (zone ca-c1b, weight 3) joins");
        assertThat(difference.leaving()).containsExactly(new PoolWorker("orders", "ca-c1", WorkerAddress.parse("127.0.0.1:9001")));
        assertThat(difference.joining()).hasToString("[orders in ca-c1 at 127.0.0.1:9003]");
        assertThat(difference.leavingShare()).isEqualTo(0.25);
        assertThat(difference.changedApps()).isEqualTo(1);
    }

    @Test
    void poolsAndAppsComeAndGo() {
        SettingsDifference difference = difference(
                TEXT,
                TEXT.replace("      us-e1: {gateway: {address: \"10.0.0.1:80\"}}\n", "")
                        .replace("  old:\n", "  new:\n")
                        .replace("      us-e1: {workers", "      ca-c1: {workers").replace("zone: us-e1a}]}", "zone: ca-c1a}]}"));

        assertThat(difference.lines(10))
                .containsExactly(
                        "apps.old: gone, had 1 pool, 1 worker",
                        "apps.orders.pools.us-e1: gone, had gateway 10.0.0.1:80",
                        "apps.new: new, 1 pool, 1 worker");
        assertThat(List.of(difference.addedApps(), difference.removedApps(), difference.changedApps())).containsExactly(1, 1, 1);
        assertThat(difference.leaving()).extracting(PoolWorker::app).containsExactlyInAnyOrder("old", "orders");
    }

    @Test
    void listenersByWhatBecomesOfThem() {
        SettingsDifference difference = difference(
                TEXT, TEXT.replace("{bind: \":8080\"}, {bind: \"127.0.0.1:8081\", timeouts: {head: 11s}}", "{bind: \"127.0.0.1:8081\"}, {bind: \":8082\"}"));

        assertThat(difference.closedListeners()).extracting(it -> it.bind().toString()).containsExactly(":8080");
        assertThat(difference.openedListeners()).extracting(it -> it.bind().toString()).containsExactly(":8082");
        assertThat(difference.changedListeners()).extracting(it -> it.after().bind().toString()).containsExactly("127.0.0.1:8081");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            abc | ab | mappings[2]: gone, was c.example/: respond 204
            abc | xabc | mappings[0]: new, x.example/: respond 204
            abc | axc | mappings[1]: gone, was b.example/: respond 204;mappings[1]: new, x.example/: respond 204
            abc | aBc | mappings[1]: b.example/: respond 204 -> respond 410
            abcde | bcdea | mappings[4]: moved, was mappings[0], a.example/: respond 204
            abcde | eabcd | mappings[0]: moved, was mappings[4], e.example/: respond 204
            abcd | Dabc | mappings[0]: moved, was mappings[3], d.example/: respond 410;mappings[0]: d.example/: respond 204 -> respond 410
            aab | ab | mappings[1]: gone, was a.example/: respond 204
            aA | Aa | mappings[0]: moved, was mappings[1], a.example/: respond 410
            """)
    void mappingsAreFollowed(String before, String after, String lines) {
        List<String> told = new ArrayList<>();

        MappingsDifference.tell(mappings(before), mappings(after), told::add);

        assertThat(told).containsExactly(lines.split(";"));
    }

    /** A letter each; a capital is the same host with another goal. */
    private static List<MappingSettings> mappings(String letters) {
        return letters.chars()
                .mapToObj(c -> new MappingSettings(
                        Character.toString(Character.toLowerCase(c)) + ".example", "/", new MappingSettings.Respond(Character.isUpperCase(c) ? 410 : 204)))
                .toList();
    }

    @Test
    void whatManyAppsHaveInCommonIsSaidOnce() {
        String few = apps(3);
        String many = apps(2000);

        assertThat(difference(few, few.replace("response: 301s", "response: 30s")).lines(10))
                .containsExactly(
                        "apps.a0.timeouts.response: 301s -> 30s", "apps.a1.timeouts.response: 301s -> 30s", "apps.a2.timeouts.response: 301s -> 30s");
        assertThat(difference(many, many.replace("response: 301s", "response: 30s")).lines(10))
                .containsExactly("apps.*.timeouts.response: 301s -> 30s (2000 apps: a0, a1, a2, a3, a4, a5, a6, a7, …)");
    }

    @Test
    void noMoreLinesThanAreAskedFor() {
        SettingsDifference difference = difference(apps(1), apps(20_001));

        assertThat(difference.lines(3)).containsExactly("apps.a1: new, 1 pool, 1 worker", "apps.a2: new, 1 pool, 1 worker", "and 19998 more");
        assertThat(difference.lines(50_000)).hasSize(10_001).endsWith("and 10000 more");
        assertThat(difference.joining()).hasSize(20_000);
    }

    /** As many are compared in a reload that changes one of them. */
    @Test
    void ofAppsThatAreTheSameNothingIsKept() {
        Settings one = Configs.read(apps(1));
        AppSettings app = one.apps().values().iterator().next();
        Map<String, AppSettings> apps = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) {
            apps.put("a" + i, AppSettings.defaults("a" + i, app.pools()));
        }
        Settings before = with(one, apps, one.limits());
        Settings after = with(one, apps, new LimitSettings(7, 1024, 2048, 10, 4096, 5));

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(SettingsDifference.of(before, before).isEmpty()).isTrue();
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        assertThat(SettingsDifference.of(before, after).lines(20)).contains("limits.fields: 100 -> 10");

        assertThat(threads.getCurrentThreadAllocatedBytes() - allocatedBefore).isLessThan(16 << 20);
    }

    private static Settings with(Settings other, Map<String, AppSettings> apps, LimitSettings limits) {
        return new Settings(
                other.domains(), other.here(), other.regions(), other.listeners(), apps, other.mappings(), other.forwarding(), other.gateways(),
                other.accessLog(), other.metrics(), other.admin(), other.runtime(), limits, other.reload());
    }

    private static String apps(int number) {
        StringBuilder text = new StringBuilder(Configs.LEAST).append("apps:\n");
        for (int i = 0; i < number; i++) {
            text.append("  a").append(i).append(": {timeouts: {response: 301s}, pools: {ca-c1: {workers: [{address: \"127.0.0.1:9001\", zone: ca-c1a}]}}}\n");
        }
        return text.toString();
    }
}
