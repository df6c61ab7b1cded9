package io.weir.telemetry.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.ExchangeRig;
import io.weir.exchange.Reason;
import io.weir.exchange.ScriptedClient;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Lines of exchanges that were really had, with clients and workers in memory. */
class LineFormatTest {
    private static final Instant DAY = Instant.parse("2026-11-27T00:43:19.007Z");

    private final ExchangeRig rig = new ExchangeRig();
    private final List<String> lines = new ArrayList<>();

    private void log(LineFormat format) {
        rig.watching.add(exchange -> {
            LineBuffer line = new LineBuffer(16);
            format.write(exchange, rig.clock.now(), line);
            lines.add(line.toString());
        });
    }

    private String only() {
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).endsWith("\n").hasLineCount(1);
        return lines.getFirst();
    }

    private JsonNode json() throws Exception {
        return new ObjectMapper().readTree(only());
    }

    private void logJson(String... requestHeaders) {
        log(new JsonLine(() -> DAY, List.of(requestHeaders), List.of("content-type", "x-none")));
    }

    @Test
    void aJsonLineHoldsEveryField() throws Exception {
        logJson("user-agent", "x-forwarded-for");
        rig.request("GET /a/b?q=\"1\" HTTP/1.1", "Host: orders.test", "User-Agent: caf\u00e9 \"x\"", "X-Forwarded-For: 203.0.113.9");
        rig.pass(Duration.ofMillis(3));
        rig.connector.worker().head("HTTP/1.1 200 OK", "Content-Type: text/plain", "Content-Length: 5");
        rig.pass(Duration.ofMillis(2));
        rig.connector.worker().body("hello").end();

        JsonNode line = json();
        assertThat(line.get("request_id").asString()).matches("[0-9a-f]{32}");
        assertThat(only().replaceAll("\"request_id\":\"[0-9a-f]{32}\"", "\"request_id\":\"…\"")).isEqualTo(
                "{\"time\":\"2026-11-27T00:43:19.007Z\",\"client\":\"unknown\",\"request_id\":\"…\",\"method\":\"GET\",\"host\":\"orders.test\","
                        + "\"path\":\"/a/b?q=\\u00221\\u0022\",\"version\":\"1.1\",\"status\":200,\"reason\":\"ok\",\"app\":\"orders\",\"region\":\"ca-c1\","
                        + "\"worker\":\"a\",\"zone\":\"z1\",\"attempts\":1,\"request_bytes\":0,\"response_bytes\":5,\"total_us\":5000,"
                        + "\"first_byte_us\":3000,\"relay_us\":5000,"
                        + "\"request_headers\":{\"user-agent\":\"caf\\u00e9 \\u0022x\\u0022\",\"x-forwarded-for\":\"203.0.113.9\"},"
                        + "\"response_headers\":{\"content-type\":\"text/plain\"}}\n");
        assertThat(line.get("request_headers").get("user-agent").asString()).isEqualTo("caf\u00e9 \"x\"");
    }

    @Test
    void aConnectionThatSpeaksNoHttpHasNeitherMethodNorPath() throws Exception {
        logJson();
        rig.tunnel("orders.test");
        rig.body("hi");
        rig.pass(Duration.ofMillis(2));
        rig.connector.worker().body("hello").end();
        rig.ended();

        assertThat(only().replaceAll(".*\"request_id\":\"[0-9a-f]{32}\"", "")).isEqualTo(
                ",\"host\":\"orders.test\",\"version\":\"tcp\",\"status\":0,\"reason\":\"ok\",\"app\":\"orders\",\"region\":\"ca-c1\",\"worker\":\"a\","
                        + "\"zone\":\"z1\",\"attempts\":1,\"request_bytes\":2,\"response_bytes\":5,\"total_us\":2000,\"relay_us\":2000}\n");
    }

    @Test
    void aConnectionThatSpeaksNoHttpLooksLikeConnect() {
        log(NcsaLine.combined(() -> DAY));
        rig.tunnel("nobody.test");
        rig.tunnel("");

        assertThat(lines).containsExactly(
                "unknown - - [27/Nov/2026:00:43:19 +0000] \"CONNECT nobody.test TCP\" 0 - \"-\" \"-\"\n",
                "unknown - - [27/Nov/2026:00:43:19 +0000] \"-\" 0 - \"-\" \"-\"\n");
    }

    @Test
    void theTimeOfEachVerbIsToldOfTheLastAttempt() throws Exception {
        rig.connector.later().later();
        logJson();
        rig.get();
        rig.pass(Duration.ofMillis(4));
        rig.connector.waiting().fail(AttemptFailure.CONNECT_REFUSED);
        rig.pass(Duration.ofMillis(6));
        rig.connector.waiting().connect();
        rig.pass(Duration.ofMillis(8));
        rig.connector.worker().answer("");

        JsonNode line = json();
        assertThat(line.get("attempts").asInt()).isEqualTo(2);
        assertThat(line.get("worker").asString()).isEqualTo("c"); // in another zone
        assertThat(line.get("pick_us").asLong()).isEqualTo(4000);
        assertThat(line.get("connect_us").asLong()).isEqualTo(6000);
        assertThat(line.get("first_byte_us").asLong()).isEqualTo(8000);
        assertThat(line.get("total_us").asLong()).isEqualTo(18_000);
    }

    @Test
    void whatIsNotKnownIsLeftOut() throws Exception {
        logJson("user-agent");
        rig.refused(Reason.BAD_REQUEST, null);

        JsonNode line = json();
        assertThat(line.propertyNames()).doesNotContain("method", "host", "path", "app", "region", "worker", "zone", "request_headers");
        assertThat(line.get("status").asInt()).isEqualTo(400);
        assertThat(line.get("reason").asString()).isEqualTo("bad_request");
    }

    @Test
    void aClientThatWentAwayIsLoggedWithWhereItWasServed() throws Exception {
        logJson();
        rig.get();
        rig.clientGone();

        JsonNode line = json();
        assertThat(line.get("status").asInt()).isEqualTo(499);
        assertThat(line.get("reason").asString()).isEqualTo("client_gone");
        assertThat(line.get("worker").asString()).isEqualTo("a");
    }

    @Test
    void aClientThatLeftAmidTheBodyIsLoggedWithTheStatusThatItGot() throws Exception {
        logJson();
        rig.get();
        rig.connector.worker().head("HTTP/1.1 200 OK", "Content-Length: 5").body("he");
        rig.clientGone();

        JsonNode line = json();
        assertThat(line.get("status").asInt()).isEqualTo(200);
        assertThat(line.get("reason").asString()).isEqualTo("client_gone");
    }

    /** More routes and targets than are remembered, in turn, and one that comes again and again. */
    @Test
    void whereALineWentIsTheSameHoweverOftenItCame() throws Exception {
        logJson();
        for (int i = 0; i < 4; i++) {
            for (int turn = 0; turn < rig.targets.size(); turn++) {
                rig.get();
                rig.connector.worker().answer("");
            }
        }

        assertThat(lines).hasSize(24);
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = new ObjectMapper().readTree(lines.get(i));
            assertThat(line.get("app").asString()).isEqualTo("orders");
            assertThat(line.get("worker").asString()).isEqualTo(rig.connector.workers().get(i).target().name());
            assertThat(line.get("zone").asString()).isEqualTo(rig.connector.workers().get(i).target().zone());
            assertThat(line.get("attempts").asInt()).isEqualTo(1);
        }
    }

    @Test
    void commonAndCombined() {
        log(NcsaLine.common(() -> DAY));
        log(NcsaLine.combined(() -> DAY));
        rig.request("GET /a?b HTTP/1.0", "Host: orders.test", "User-Agent: say \"hi\"");
        rig.connector.worker().answer("hello");

        assertThat(lines).containsExactly(
                "unknown - - [27/Nov/2026:00:43:19 +0000] \"GET /a?b HTTP/1.0\" 200 5\n",
                "unknown - - [27/Nov/2026:00:43:19 +0000] \"GET /a?b HTTP/1.0\" 200 5 \"-\" \"say \\x22hi\\x22\"\n");
    }

    @Test
    void aRequestThatCouldNotBeReadHasADash() {
        log(NcsaLine.common(() -> DAY));
        ScriptedClient client = rig.refused(Reason.REQUEST_TIMEOUT, null);

        assertThat(client).isNotNull();
        assertThat(only()).isEqualTo("unknown - - [27/Nov/2026:00:43:19 +0000] \"-\" 408 -\n");
    }
}
