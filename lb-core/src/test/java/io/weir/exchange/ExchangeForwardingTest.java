package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Balance;
import io.weir.config.ForwardedField;
import io.weir.http.BadMessage;
import io.weir.routing.RequestKey;
import io.weir.upstream.AttemptFailure;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a request is from, and what workers are told of it. 10.1.1.1 is a trusted proxy, 203.0.113.9 a client. */
class ExchangeForwardingTest {
    private static final String PROXY = "10.1.1.1";
    private static final String CLIENT = "203.0.113.9";

    private final ExchangeRig rig = new ExchangeRig();
    private Peers peers = PeersTest.trusting("10.0.0.0/8");

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    /** A request from that address; what its worker got, line by line. */
    private List<String> workerGets(String from, String... fields) {
        ask(from, fields);
        String head = rig.connector.worker().head();
        return Arrays.asList(head.split("\r\n", -1));
    }

    private ScriptedClient ask(String from, String... fields) {
        String[] lines = new String[fields.length + 2];
        lines[0] = "GET / HTTP/1.1";
        lines[1] = "Host: orders.test:81";
        System.arraycopy(fields, 0, lines, 2, fields.length);
        ScriptedClient client = new ScriptedClient();
        client.peer = peers.of(PeersTest.at(from, 51_000), PeersTest.at("127.0.0.1", 8080));
        return rig.request(client, lines);
    }

    private void answer() {
        rig.connector.worker().answer("");
    }

    /** The values of a field in the worker's head, lines joined by a bar; null if there is none. */
    private @Nullable String value(String name) {
        List<String> values = Arrays.stream(rig.connector.worker().head().split("\r\n", -1))
                .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
                .map(line -> line.substring(name.length() + 2))
                .toList();
        return values.isEmpty() ? null : String.join(" | ", values);
    }

    // ---- what a client says, and what a proxy says

    @Test
    void whatAClientSaysIsReplaced() {
        assertThat(workerGets(CLIENT, "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Forwarded-Port: 1",
                        "X-Forwarded-Prefix: /evil", "Forwarded: for=6.6.6.6", "X-Request-Id: evil"))
                .contains("X-Forwarded-For: " + CLIENT, "X-Forwarded-Proto: http", "X-Forwarded-Host: orders.test:81", "X-Forwarded-Port: 8080")
                .noneMatch(line -> line.contains("evil") || line.contains("6.6.6.6") || line.startsWith("Forwarded:"));
        assertThat(rig.exchange().clientAddress()).hasToString(CLIENT);
        answer();
    }

    @Test
    void whatATrustedProxySaysIsKeptAndAddedTo() {
        assertThat(workerGets(PROXY, "X-Forwarded-For: 6.6.6.6, " + CLIENT, "X-Forwarded-Proto: https", "X-Forwarded-Host: www.example.com",
                        "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /p", "X-Request-Id: its-own"))
                .containsOnlyOnce("X-Forwarded-For: 6.6.6.6, " + CLIENT + ", " + PROXY, "X-Forwarded-Proto: https", "X-Forwarded-Host: www.example.com",
                        "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /p", "X-Request-Id: its-own", "Via: 1.1 weir", "Host: orders.test:81")
                .filteredOn(line -> line.startsWith("X-")).hasSize(6);
        assertThat(rig.exchange().clientAddress()).hasToString(CLIENT);
        assertThat(rig.exchange().peer().address()).hasToString(PROXY);
        assertThat(rig.exchange().peer().port()).isEqualTo(51_000);
        answer();
    }

    @Test
    void whatATrustedProxyDoesNotSayIsSaidByUs() {
        assertThat(workerGets(PROXY))
                .contains("X-Forwarded-For: " + PROXY, "X-Forwarded-Proto: http", "X-Forwarded-Host: orders.test:81", "X-Forwarded-Port: 8080");
        assertThat(value("X-Request-Id")).isEqualTo(rig.exchange().requestId()).matches("[0-9a-f]{32}");
        assertThat(rig.exchange().clientAddress()).hasToString(PROXY);
        answer();
    }

    @Test
    void aProxyThatSaysTheSchemeAloneIsNotContradictedByOurPort() {
        workerGets(PROXY, "X-Forwarded-Proto: https", "X-Forwarded-Host: www.example.com");
        assertThat(value("X-Forwarded-Port")).isEqualTo("443");
        answer();
        workerGets(PROXY, "X-Forwarded-Proto: https");
        assertThat(value("X-Forwarded-Port")).as("of the Host").isEqualTo("81");
        answer();
    }

    @Test
    void severalLinesBecomeOne() {
        workerGets(PROXY, "X-Forwarded-For: 6.6.6.6", "A: 1", "X-Forwarded-For: " + CLIENT);
        assertThat(value("X-Forwarded-For")).isEqualTo("6.6.6.6, " + CLIENT + ", " + PROXY);
        answer();
    }

    @Test
    void connectionCannotNameAwayWhatAProxySays() {
        workerGets(PROXY, "Connection: X-Forwarded-For, X-Forwarded-Proto, X-Request-Id, X-Forwarded-Prefix, X-Other", "X-Forwarded-For: " + CLIENT,
                "X-Forwarded-Proto: https", "X-Request-Id: kept", "X-Forwarded-Prefix: /p", "X-Other: 1");
        assertThat(value("X-Forwarded-For")).isEqualTo(CLIENT + ", " + PROXY);
        assertThat(value("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(value("X-Request-Id")).isEqualTo("kept");
        assertThat(value("X-Forwarded-Prefix")).isEqualTo("/p");
        assertThat(value("X-Other")).isNull();
        assertThat(rig.exchange().clientAddress()).hasToString(CLIENT);
        answer();
    }

    @Test
    void connectionCannotNameAwayWhatWeSay() {
        workerGets(CLIENT, "Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Forwarded-Port, X-Request-Id, Via");
        for (String name : List.of("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Request-Id", "Via")) {
            assertThat(value(name)).as(name).isNotNull();
        }
        answer();
    }

    @ParameterizedTest
    @CsvSource({"203.0.113.9", "10.1.1.1"})
    void traceContextPassesUntouched(String from) {
        workerGets(from, "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate: a=b,c=d", "TraceState: e=f");
        assertThat(value("traceparent")).isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(value("tracestate")).isEqualTo("a=b,c=d | e=f");
        rig.connector.worker().head("HTTP/1.1 200 OK", "traceresponse: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate: x=y").end();
        assertThat(String.valueOf(rig.clients.getLast().head())).contains("traceresponse: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n", "tracestate: x=y\r\n");
    }

    @Test
    void allAttemptsAreToldTheSame() {
        ask(PROXY, "X-Forwarded-For: " + CLIENT, "X-Forwarded-Proto: https", "X-Request-Id: one");
        rig.connector.worker().fail(AttemptFailure.RESET);
        answer();
        assertThat(rig.connector.workers()).hasSize(2);
        assertThat(rig.connector.workers().get(0).head()).isEqualTo(rig.connector.workers().get(1).head()).contains(CLIENT + ", " + PROXY);
    }

    @Test
    void nothingIsLeftOfTheRequestBefore() {
        workerGets(PROXY, "X-Forwarded-For: 192.0.2.1", "X-Request-Id: first");
        answer();
        workerGets(PROXY);
        assertThat(value("X-Forwarded-For")).isEqualTo(PROXY);
        assertThat(value("X-Request-Id")).isEqualTo(rig.exchange().requestId()).isNotEqualTo("first");
        assertThat(rig.exchange().clientAddress()).hasToString(PROXY);
        answer();
        workerGets(CLIENT, "X-Request-Id: third");
        assertThat(value("X-Forwarded-For")).isEqualTo(CLIENT);
        assertThat(rig.exchange().requestId()).matches("[0-9a-f]{32}");
        answer();
    }

    // ---- the id

    @Test
    void errorAnswersHaveTheIdOfTheProxy() {
        rig.targets(0);
        assertThat(ask(PROXY, "X-Request-Id: its-own", "Accept: application/json").answer().body()).contains("\"request_id\":\"its-own\"");
        assertThat(ask(PROXY, "X-Request-Id: it\"s", "Accept: application/json").answer().body()).containsPattern("\"request_id\":\"[0-9a-f]{32}\"");
        assertThat(ask(CLIENT, "X-Request-Id: its-own").answer().body()).doesNotContain("its-own");
    }

    @Test
    void aBadHeadOfAProxyHasAnIdOfOurs() {
        assertThat(rig.refused(Reason.BAD_REQUEST, BadMessage.BAD_FIELD_NAME).answer().body()).containsPattern("request: [0-9a-f]{32}\n");
    }

    // ---- Forwarded, Via, Host

    @Test
    void forwardedIsSentIfItIsAskedFor() {
        peers = PeersTest.peers(ForwardedField.RFC7239, true, "10.0.0.0/8");
        workerGets(CLIENT, "Forwarded: for=6.6.6.6");
        assertThat(value("Forwarded")).isEqualTo("for=203.0.113.9;proto=http;host=\"orders.test:81\"");
        answer();
        workerGets("2001:db8::1");
        assertThat(value("Forwarded")).isEqualTo("for=\"[2001:db8::1]\";proto=http;host=\"orders.test:81\"");
        answer();
        workerGets(PROXY, "Forwarded: for=6.6.6.6", "Forwarded: for=203.0.113.9;proto=https");
        assertThat(value("Forwarded")).isEqualTo("for=6.6.6.6, for=203.0.113.9;proto=https, for=10.1.1.1;proto=http;host=\"orders.test:81\"");
        answer();
    }

    @Test
    void forwardedOfAProxyIsCutIfItIsNotAskedFor() {
        workerGets(PROXY, "Forwarded: for=6.6.6.6");
        assertThat(value("Forwarded")).isNull();
        answer();
    }

    @Test
    void forwardedDoesNotSayWhoTheClientIs() {
        peers = PeersTest.peers(ForwardedField.RFC7239, true, "10.0.0.0/8");
        workerGets(PROXY, "Forwarded: for=6.6.6.6");
        assertThat(rig.exchange().clientAddress()).hasToString(PROXY);
        answer();
    }

    @ParameterizedTest
    @CsvSource({"203.0.113.9", "10.1.1.1"})
    void viaIsLeftOutWhenItIsOff(String from) {
        peers = PeersTest.peers(ForwardedField.OFF, false, "10.0.0.0/8");
        workerGets(from, "Via: 1.1 other");
        assertThat(value("Via")).isEqualTo("1.1 other");
        assertThat(value("X-Forwarded-For")).isEqualTo(from);
        answer();
    }

    @Test
    void workersMayGetTheirOwnAddressAsHost() {
        rig.workersHost = true;
        workerGets(CLIENT, "A: 1");
        assertThat(value("Host")).isEqualTo("a");
        assertThat(value("X-Forwarded-Host")).isEqualTo("orders.test:81");
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(value("Host")).as("of the next attempt's worker").isEqualTo("c");
        answer();
        workerGets(PROXY, "X-Forwarded-Host: www.example.com");
        assertThat(value("Host")).isEqualTo("b");
        assertThat(value("X-Forwarded-Host")).isEqualTo("www.example.com");
        answer();
    }

    // ---- who the client is

    @Test
    void aClientGoesToItsWorkerWhicheverWayItComes() {
        rig.balance = Balance.HASH;
        rig.key = RequestKey.clientAddress();
        for (int i = 1; i <= 20; i++) {
            String client = "203.0.113." + i;
            ask(client);
            String direct = rig.connector.worker().target().name();
            answer();
            for (String list : List.of(client, "6.6.6." + i + ", " + client + ":" + i, "::ffff:" + client + ", 10.2.2.2")) {
                ask(PROXY, "X-Forwarded-For: " + list);
                assertThat(rig.connector.worker().target().name()).as(list).isEqualTo(direct);
                answer();
            }
        }
    }

    @Test
    void clientsBehindOneProxyAreSpread() {
        rig.balance = Balance.HASH;
        rig.key = RequestKey.clientAddress();
        for (int i = 1; i <= 60; i++) {
            ask(PROXY, "X-Forwarded-For: 2001:db8::" + i);
            answer();
        }
        assertThat(rig.connector.asked().stream().distinct()).hasSizeGreaterThan(3);
    }
}
