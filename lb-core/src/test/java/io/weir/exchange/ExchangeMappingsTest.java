package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.MendedPaths;
import io.weir.http.OriginalPath;
import io.weir.http.Step;
import io.weir.routing.Rule;
import io.weir.topology.Template;
import io.weir.upstream.AttemptFailure;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What mappings do beside leading to an app: rewrite, mend, redirect, respond; and listeners that serve one region. */
class ExchangeMappingsTest {
    private static final String HOST = "Host: api.example.com:8080";

    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private void rewriting(String path, String rewrite, boolean mend) {
        Step.Chain steps = mend ? Step.Chain.of(new OriginalPath(), new MendedPaths()) : Step.Chain.of(new OriginalPath());
        rig.rules = List.of(new Rule(null, path, new Rule.ToApp(Template.parse("orders"), null, Template.parse(rewrite), steps)));
    }

    private String workerHead() {
        return rig.connector.worker().head();
    }

    // ---- rewrite

    @Test
    void theWorkerGetsTheRewrittenPathAndWhatItWas() {
        rewriting("/{x}/v1/", "/", true);
        rig.request("GET /shop/./v1//list?a=1 HTTP/1.1", HOST);
        assertThat(workerHead())
                .startsWith("GET /list?a=1 HTTP/1.1\r\n")
                .contains("X-Forwarded-Prefix: /shop/v1\r\n", "X-CH1-Path: /shop/v1//list\r\n", "X-Forwarded-Host: api.example.com:8080\r\n");
        rig.connector.worker().answer("");
    }

    @Test
    void whatClientsSayOfTheirOriginalPathIsRemoved() {
        rewriting("/a", "/b", true);
        rig.request("GET /a/c HTTP/1.1", HOST, "X-Forwarded-Prefix: /evil", "x_forwarded_prefix: /evil", "x-ch1-path: /evil", "X_CH1_Path: /evil");
        assertThat(workerHead()).startsWith("GET /b/c HTTP/1.1\r\n").doesNotContain("evil").containsOnlyOnce("X-CH1-Path: /a/c");
        rig.connector.worker().answer("");
    }

    @Test
    void thePrefixOfATrustedProxyStandsBeforeOurs() {
        rewriting("/orders", "/", true);
        ScriptedClient client = fromProxy("X-Forwarded-Prefix: /api/");
        assertThat(workerHead()).containsSubsequence("X-Forwarded-Prefix: /api/\r\n", "X-Forwarded-Prefix: /orders\r\n");
        rig.connector.worker().head("HTTP/1.1 302 Found", "Location: /api/orders/x").end();
        assertThat(String.valueOf(client.head())).as("of a framework that knows both").contains("Location: /api/orders/x\r\n");
        client = fromProxy("X-Forwarded-Prefix: /api");
        rig.connector.worker().head("HTTP/1.1 302 Found", "Location: /x").end();
        assertThat(String.valueOf(client.head())).contains("Location: /orders/x\r\n");
    }

    private ScriptedClient fromProxy(String field) {
        ScriptedClient client = new ScriptedClient();
        client.peer = PeersTest.trusting("10.0.0.0/8").of(PeersTest.at("10.1.1.1", 1), null);
        return rig.request(client, "GET /orders/a HTTP/1.1", HOST, field);
    }

    @Test
    void everyAttemptGetsTheSamePath() {
        rewriting("/a", "/b", true);
        rig.request("GET /a/c HTTP/1.1", HOST);
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(rig.connector.workers())
                .hasSize(2)
                .allSatisfy(worker -> assertThat(worker.head()).startsWith("GET /b/c HTTP/1.1\r\n").containsOnlyOnce("X-CH1-Path: /a/c\r\n"));
        rig.connector.worker().answer("");
    }

    @Test
    void theNextRequestOfTheExchangeIsNotRewrittenByTheLast() {
        rewriting("/a", "/b", true);
        rig.request("GET /a/c HTTP/1.1", HOST);
        rig.connector.worker().answer("");
        rig.request("GET /a/c HTTP/1.1", "Host: orders.test");
        assertThat(workerHead()).startsWith("GET /a/c HTTP/1.1\r\n").doesNotContain("X-CH1-Path", "X-Forwarded-Prefix");
        rig.connector.worker().answer("");
    }

    @Test
    void thePrefixOfEveryPathIsTheRoot() {
        rewriting("/", "/b", true);
        rig.request("GET /c HTTP/1.1", HOST);
        assertThat(workerHead()).startsWith("GET /b/c HTTP/1.1\r\n").contains("X-Forwarded-Prefix: /\r\n");
        ScriptedClient client = rig.clients.getLast();
        rig.connector.worker().head("HTTP/1.1 302 Found", "Location: /b//d").end();
        assertThat(client.head()).contains("Location: /d\r\n");
    }

    // ---- mend

    private @Nullable String mended(String front, boolean mend, String field) {
        rewriting("/p/q", front, mend);
        ScriptedClient client = rig.request("GET /p/q/x HTTP/1.1", HOST);
        rig.connector.worker().head("HTTP/1.1 302 Found", "A: b", field, "C: d").end();
        String head = Objects.requireNonNull(client.head());
        assertThat(head).contains("A: b\r\n", "C: d\r\n").containsOnlyOnce(field.substring(0, field.indexOf(':')));
        return head.lines().filter(line -> line.startsWith(field.substring(0, field.indexOf(':')))).findFirst().orElse(null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/  | Location: /login?a=1                          | Location: /p/q/login?a=1",
        "/  | Location: /                                   | Location: /p/q/",
        "/  | Location: http://API.example.com:8080/login   | Location: http://API.example.com:8080/p/q/login",
        "/  | Location: https://api.example.com:8080/       | Location: https://api.example.com:8080/p/q/",
        "/  | Location: http://api.example.com/login        | Location: http://api.example.com/login",
        "/  | Location: http://api.example.com:8080.evil/   | Location: http://api.example.com:8080.evil/",
        "/  | Location: http://other.test/login             | Location: http://other.test/login",
        "/  | Location: //other.test/login                  | Location: //other.test/login",
        "/  | Location: /\\other.test/login               | Location: /\\other.test/login",
        "/  | Location: login                               | Location: login",
        "/  | Location: /p/q/login                          | Location: /p/q/login",
        "/  | Location: /p/qr                               | Location: /p/q/p/qr",
        "/f | Location: /f/login                            | Location: /p/q/login",
        "/f | Location: /f                                  | Location: /p/q",
        "/f/ | Location: /f?a                               | Location: /p/q?a",
        "/f | Location: /fg                                 | Location: /fg",
        "/f | Location: /elsewhere                          | Location: /elsewhere",
        "/  | Set-Cookie: s=1; Path=/                       | Set-Cookie: s=1; Path=/p/q",
        "/  | Set-Cookie: s=1; path = /a ; Secure           | Set-Cookie: s=1; path = /p/q/a ; Secure",
        "/  | Set-Cookie: s=/; HttpOnly                     | Set-Cookie: s=/; HttpOnly",
        "/  | Set-Cookie: Path=/x; Path=/a; Path=/b         | Set-Cookie: Path=/x; Path=/a; Path=/p/q/b",
        "/  | Set-Cookie: s=1; Path=/; Domain=example.com   | Set-Cookie: s=1; Path=/; Domain=example.com",
        "/  | Set-Cookie: s=1; Domain=.api.example.com; Path=/ | Set-Cookie: s=1; Domain=.api.example.com; Path=/p/q",
        "/  | Set-Cookie: __Host-s=1; Path=/; Secure        | Set-Cookie: __Host-s=1; Path=/; Secure",
        "/  | Set-Cookie: s=1; Path=relative                | Set-Cookie: s=1; Path=relative",
        "/f | Set-Cookie: s=1; Path=/f                      | Set-Cookie: s=1; Path=/p/q",
        "/f | Set-Cookie: s=1; Path=/                       | Set-Cookie: s=1; Path=/",
    })
    void pathsOfTheAppAreMendedInResponses(String front, String sent, String got) {
        assertThat(mended(front, true, sent)).isEqualTo(got);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Location: /login", "Set-Cookie: s=1; Path=/", "Location:", "Set-Cookie:", "Set-Cookie: ;;=;path"})
    void withoutMendingOrAnythingToMendTheyAreAsTheyCame(String field) {
        assertThat(mended("/", field.endsWith("path") || field.endsWith(":"), field)).isEqualTo(field);
    }

    // ---- redirect and respond

    @Test
    void aRedirectIsAnsweredWithItsLocationAndNoWorkerIsAsked() {
        rig.rules = List.of(new Rule(null, "/old", new Rule.Redirect(308, Template.parse("https://new.example.com/{rest}"))));
        ScriptedClient client = rig.request("GET /old/a?b=1 HTTP/1.1", HOST);
        assertThat(client.answer()).isEqualTo(new OwnAnswer(308, "", "", 0, "https://new.example.com/a?b=1"));
        assertThat(rig.connector.asked()).isEmpty();
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.REDIRECTED);
        assertThat(rig.listener.only().status()).isEqualTo(308);
    }

    @Test
    void aStatusIsAnsweredInTheFormOfErrors() {
        rig.rules = List.of(new Rule(null, "/gone", new Rule.Respond(410)), new Rule(null, "/", new Rule.Respond(204)));
        ScriptedClient gone = rig.request("GET /gone/a HTTP/1.1", HOST, "Accept: application/json");
        assertThat(gone.answer().contentType()).isEqualTo("application/json");
        assertThat(gone.answer().body()).contains("\"status\":410", "\"reason\":\"responded\"");
        ScriptedClient empty = rig.request("GET /a HTTP/1.1", HOST);
        assertThat(empty.answer()).isEqualTo(new OwnAnswer(204, "", "", 0, null));
    }

    // ---- strict-region

    @Test
    void aListenerOfOneRegionRefusesTheOthers() {
        ScriptedClient strict = new ScriptedClient();
        strict.onlyRegion = "us-e1";
        rig.request(strict, "GET / HTTP/1.1", "Host: orders.test");
        assertThat(strict.outcome()).isEqualTo("answer 421");
        assertThat(strict.answer().body()).contains("wrong_region");
        ScriptedClient own = new ScriptedClient();
        own.onlyRegion = "ca-c1";
        rig.request(own, "GET / HTTP/1.1", "Host: orders.test");
        rig.connector.worker().answer("");
        assertThat(own.outcome()).isEqualTo("HTTP/1.1 200 OK");
    }
}
