package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.frontend.AtStake;
import io.weir.telemetry.RecentRequests.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /plan}: what it takes, and what it says in both forms. */
class PlanPageTest {
    @TempDir
    private Path folder;

    private AdminRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new AdminRig(null);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("next.yaml"), text);
    }

    private String plan(String config, String more) throws IOException {
        return AdminRig.body(rig.post("/plan?file=" + file(config) + more));
    }

    @Test
    void whatDiffersAndWhatItMeans() throws IOException {
        rig.atStake = new AtStake(2, 1, 1);
        rig.recentRequests = List.of(
                new Seen(0, "GET", "orders.example.com", "/cart"), new Seen(0, "GET", "orders.example.com", "/"), new Seen(0, "PUT", "other.test", "/gone"));
        String next = AdminRig.CONFIG
                .replace("rewrite: /x", "rewrite: /y")
                .replace("127.0.0.1:2\"", "127.0.0.1:7\"")
                .replace(":8080", ":8081")
                .replace("here:", "runtime: { event-loops: 7 }\nhere:");

        String text = plan(next, "");

        assertThat(text.replaceAll("checksum [0-9a-f]{12}", "checksum C")).isEqualTo("""
                plan        %s, checksum C
                against     origin /etc/weir.yaml, checksum C, generation 1, loaded 2026-11-23T12:00:00Z
                changes
                  runtime.event-loops: auto -> 7
                  listeners[:8080]: gone
                  listeners[:8081]: new
                  apps.orders.pools.ca-c1: 127.0.0.1:2 (zone ca-c1b) leaves
                  apps.orders.pools.ca-c1: 127.0.0.1:7 (zone ca-c1b, weight 3) joins
                  mappings[0]: {app}.example.com/: app {app}, rewrite /x -> app {app}, rewrite /y
                workers     4 now; 1 joins, 1 leaves (25%%)
                listeners   :8081 opens, :8080 closes
                closes      2 connections of clients (1 amid a stream), 1 stream at workers that leave
                reroutes    2 of 3 requests that were seen in the last 5 min (66.7%%)
                restart     needed for runtime.event-loops

                REQUESTS  NOW                             THEN                            EXAMPLE
                2         app orders in ca-c1 as /x/cart  app orders in ca-c1 as /y/cart  GET orders.example.com/cart

                verdict     ok
                """.formatted(folder.resolve("next.yaml")));
    }

    @Test
    void nothing() throws IOException {
        assertThat(plan(AdminRig.CONFIG + "# a word\n", "&fail-if=closes>0")).contains("\nchanges     none\nverdict     ok\n").doesNotContain("workers");
    }

    @Test
    void asJson() throws IOException {
        rig.atStake = new AtStake(2, 0, 0);
        rig.recentRequests = List.of(new Seen(0, "GET", "a.test", "/gone"));
        String next = AdminRig.CONFIG.replace("respond: 410", "respond: 404");

        assertThat(plan(next, "&format=json&fail-if=closes>0,rerouted>0%25").replaceAll("\\s+", " "))
                .contains(
                        "\"against\" : { \"origin\" : \"/etc/weir.yaml\"",
                        "\"changes\" : [ \"mappings[3]: any host, /gone: respond 410 -> respond 404\" ]",
                        "\"workers\" : { \"before\" : 4, \"joining\" : 0, \"leaving\" : 0, \"leaving_share\" : 0.000 }",
                        "\"listeners\" : { \"opened\" : 0, \"closed\" : 0, \"changed\" : 0 }",
                        "\"closes\" : { \"connections\" : 2, \"amid_stream\" : 0, \"streams\" : 0 }",
                        "\"rerouted\" : { \"seen\" : 1, \"elsewhere\" : 1, \"share\" : 1.000, \"examples\" : [ {",
                        "\"for_next_start\" : [ ]",
                        "\"failing\" : [ \"closes>0: 2\", \"rerouted>0%: 100%\" ]",
                        "\"verdict\" : \"fails\"");
    }

    @Test
    void conditionsThatHold() throws IOException {
        rig.atStake = new AtStake(2, 1, 1);

        assertThat(plan(AdminRig.CONFIG.replace("410", "411"), "&fail-if=closes>2,closes>3")).endsWith("fails       closes>2: 3\nverdict     fails\n");
    }

    @Test
    void problemsAsCheckSaysThem() throws IOException {
        String text = plan(AdminRig.CONFIG.replace("app: stock,", "app: stork,"), "");

        assertThat(text).contains(
                "next.yaml:16:", "mappings[1].app: there is no app stork; did you mean stock?\n", "  ^\n", "next.yaml has 1 problem; a reload would refuse it and change nothing\nverdict     problems\n");
        assertThat(plan("x", "&format=json")).contains("\"problems\" : [", "\"verdict\" : \"problems\"");
        rig.unusableFiles = List.of("listeners[0].tls: no such file");
        assertThat(plan(AdminRig.CONFIG, "")).startsWith("listeners[0].tls: no such file\n").endsWith("verdict     problems\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /plan | this page needs file=
            /plan?file=weir.yaml | file must be an absolute path, is weir.yaml
            /plan?file=/x&fail-if=errors>1%25 | "errors>1%" is no condition; write closes>0, removed-workers>20% or rerouted>1%
            /plan?file=/x&app=orders | there is no parameter app
            """)
    void whatItRefuses(String target, String why) throws IOException {
        assertThat(rig.post(target)).startsWith("HTTP/1.1 400 ").contains(why);
    }

    @Test
    void aFileThatIsNotThereAndWhoMayAsk() throws IOException {
        assertThat(AdminRig.body(rig.post("/plan?file=" + folder + "/none.yaml"))).contains("none.yaml", "verdict     problems");
        assertThat(rig.get("/plan?file=/x")).startsWith("HTTP/1.1 405 ");
        assertThat(rig.ask("POST /plan?file=/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).startsWith("HTTP/1.1 401 ");
    }
}
