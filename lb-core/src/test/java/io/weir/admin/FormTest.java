package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.config.SettingsTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How facts are written, and which form a caller gets. */
class FormTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''                                                | TEXT",
        "*/*                                               | TEXT",
        "application/json                                  | JSON",
        "Application/JSON;q=0.5                            | JSON",
        "application/json, text/plain                      | TEXT",
        "application/json, text/plain;q=0.9, */*           | JSON",
        "text/html,application/xhtml+xml,*/*;q=0.8         | TEXT",
        "text/plain;q=0.2, application/json;q=0.1          | TEXT",
        "application/json;q=0                              | TEXT",
        "application/json;q=nonsense                       | TEXT",
        "application/jsonp                                 | TEXT",
    })
    void whatACallerGets(String accept, Form form) {
        assertThat(Form.of(accept)).isEqualTo(form);
    }

    private static Map<String, Object> facts() {
        Table table = new Table(2, "worker", "resting", "in_flight");
        table.row("127.0.0.1:9001", null, 12);
        table.row("b", Duration.ofMillis(1_250), 0);
        table.row("c", null, 0);
        table.leaveOff(4);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("weir", "0.1.0");
        facts.put("up", Duration.ofMinutes(192));
        facts.put("since", Instant.parse("2026-11-23T12:00:00Z"));
        facts.put("here", Map.of("region", "ca-c1"));
        facts.put("listeners", List.of("*:80", "[::1]:81"));
        facts.put("open_ones", 3L);
        facts.put("workers", table);
        return facts;
    }

    @Test
    void textIsAlignedAndSaysWhatIsLeftOff() throws IOException {
        StringBuilder text = new StringBuilder();
        TextForm.write(facts(), text);

        assertThat(text).hasToString("""
                weir       0.1.0
                up         3h 12m
                since      2026-11-23T12:00:00Z
                here       region ca-c1
                listeners  *:80, [::1]:81
                open ones  3

                WORKER          RESTING  IN FLIGHT
                127.0.0.1:9001  -        12
                b               1.2s     0
                and 5 more workers; see limit= and app=
                """);
    }

    @Test
    void jsonHasTheSame() {
        assertThat(JsonForm.line(facts())).isEqualTo("{\"weir\":\"0.1.0\",\"up\":11520.000,\"since\":\"2026-11-23T12:00:00Z\",\"here\":{\"region\":\"ca-c1\"},"
                + "\"listeners\":[\"*:80\",\"[::1]:81\"],\"open_ones\":3,"
                + "\"workers\":[{\"worker\":\"127.0.0.1:9001\",\"resting\":null,\"in_flight\":12},{\"worker\":\"b\",\"resting\":1.250,\"in_flight\":0}],"
                + "\"workers_left_off\":5}");
    }

    @Test
    void jsonInLinesIsReadTheSame() {
        var bytes = new ByteArrayOutputStream();
        JsonForm.write(Map.of("a", List.of("\"\n<é")), bytes);

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("{\n  \"a\" : [ \"\\\"\\n<é\" ]\n}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0,        0ms",
        "250,      250ms",
        "59999,    59.9s",
        "61000,    1m 1s",
        "3600000,  1h 0m",
        "176400000, 2d 1h",
    })
    void durations(long millis, String text) {
        assertThat(TextForm.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0ms", "1, 1us", "999, 999us", "1000, 1.0ms", "1849, 1.8ms", "9999, 9.9ms", "10000, 10ms", "250400, 250ms", "1250000, 1.2s"})
    void shortDurationsToo(long micros, String text) {
        assertThat(TextForm.text(Duration.ofNanos(micros * 1000))).isEqualTo(text);
    }

    @Test
    void settingsInYamlAreAConfigThatSaysThem() throws Exception {
        Settings settings = ConfigReader.read("test", """
                domains: [cloudhub.example]
                here: { region: ca-c1, zone: ca-c1a }
                listeners: [ { bind: ":8080", timeouts: { head: 1s } }, { bind: "[::1]:8081" } ]
                admin: { bind: "127.0.0.1:9901", socket: "/run/a b\\"\\\\ü\\t.sock" }
                regions:
                  ca-c1: { jurisdiction: CA, zones: [ca-c1a] }
                  "1e3": { jurisdiction: US, zones: ["007"] }
                apps:
                  orders: { pools: { ca-c1: { workers: [ { address: "[::1]:1", zone: ca-c1a }, { address: "n.internal:1", zone: ca-c1a } ] } } }
                  "null": { pools: { "1e3": { workers: [ { address: "127.0.0.1:1", zone: "007" } ] } }, balance: { hash: { on: { header: x } } } }
                  "true": { pools: { "1e3": { workers: [ { address: "127.0.0.1:1", zone: "007" } ] } }, affinity: { cookie: "a!'b" } }
                mappings:
                  - { host: "{app}.example.com", path: "/{v}/$${w}", app: "{app}", rewrite: "/$${v}" }
                  - { host: "*.example.com", redirect: { to: "/x?y#z", status: 301 } }
                  - { respond: 404 }
                """).settings();
        StringBuilder yaml = new StringBuilder();
        YamlForm.write(SettingsTree.of(settings), yaml);

        assertThat(ConfigReader.read("printed", yaml.toString()).settings()).isEqualTo(settings);
    }

    @Test
    void aListTooLongForALineHasALineForEach() throws Exception {
        StringBuilder yaml = new StringBuilder();
        YamlForm.write(Map.of("list", List.of("a".repeat(70), Map.of("k", List.of("b".repeat(120))))), yaml);

        assertThat(yaml).hasToString("list:\n  - " + "a".repeat(70) + "\n  -\n    k:\n      - " + "b".repeat(120) + "\n");
    }
}
