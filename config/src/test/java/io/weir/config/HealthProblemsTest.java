package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an app's checks and ejection cannot be. */
class HealthProblemsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '§', value = {
        "http @ 12: apps.orders.check: cannot be \"http\"; write one of off, tcp, tls, grpc, or http: {path: …}",
        "on @ 12: apps.orders.check: cannot be \"on\"; write one of off, tcp, tls, grpc, or http: {path: …}",
        "~ @ 12: apps.orders.check: has no value; give it one or remove it",
        "[] @ 12: apps.orders.check: must be a single value, is a list",
        "{interval: 1s} @ 12: apps.orders.check: has neither http nor tcp nor tls nor grpc; say what is asked: http: {path: …}, tcp: {}, tls: {} or grpc: {}",
        "{htpp: {path: /}} @ 13: apps.orders.check.htpp: unknown key; did you mean http?",
        "{tcp: {port: 1}} @ 19: apps.orders.check.tcp.port: unknown key; none is known here; write {}",
        "{grpc: {}, http: {path: /}} @ 19: apps.orders.check.grpc: cannot stand beside http; a check asks one thing: keep one of the two",
    })
    void aCheckAsksOneThing(String check, String problem) {
        assertProblems(LEAST + ORDERS + "    check: " + check + "\n", "11:" + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '§', value = {
        "path: health @ 26: apps.orders.check.http.path: must be a path, is \"health\"; begin with / and escape what is not visible ASCII, as in /health?deep=1",
        "path: /a b @ 26: apps.orders.check.http.path: must be a path, is \"/a b\"; begin with / and escape what is not visible ASCII, as in /health?deep=1",
        "path: /#top @ 26: apps.orders.check.http.path: must be a path, is \"/#top\"; begin with / and escape what is not visible ASCII, as in /health?deep=1",
        "path: /ä @ 26: apps.orders.check.http.path: must be a path, is \"/ä\"; begin with / and escape what is not visible ASCII, as in /health?deep=1",
        "method: GET @ 19: apps.orders.check.http.path: is missing",
        "path: /, method: POST @ 37: apps.orders.check.http.method: cannot be \"POST\"; write one of GET, HEAD, OPTIONS",
        "path: /, host: \"a:80\" @ 35: apps.orders.check.http.host: must be a host name, is \"a:80\"; write it without port and final dot, as in api.example.com",
        "path: /, status: 200 @ 37: apps.orders.check.http.status: must be a list, is a single value; write […]",
        "path: /, status: [] @ 37: apps.orders.check.http.status: is empty; at least one status is needed",
        "path: /, status: [199] @ 38: apps.orders.check.http.status[0]: must be a status from 200 to 599, or a range of them, is \"199\"; as in 204 or 200-299",
        "path: /, status: [299-200] @ 38: apps.orders.check.http.status[0]: must be a status from 200 to 599, or a range of them, is \"299-200\"; as in 204 or 200-299",
        "path: /, status: [2xx] @ 38: apps.orders.check.http.status[0]: must be a status from 200 to 599, or a range of them, is \"2xx\"; as in 204 or 200-299",
        "path: /, status: [204, 204-204] @ 43: apps.orders.check.http.status[1]: 204 is given twice; the first is in line 11",
        "path: /, body: \"\" @ 35: apps.orders.check.http.body: must be of 1 to 1024 characters, is of 0",
        "path: /, method: HEAD, body: ok @ 49: apps.orders.check.http.body: has nothing to be found in: an answer to HEAD has no body; write method: GET",
    })
    void whatAnHttpCheckCannotBe(String keys, String problem) {
        assertProblems(LEAST + ORDERS + "    check: {http: {" + keys + "}}\n", "11:" + problem);
    }

    @Test
    void theRangesOfAppsChecksAreReported() {
        assertProblems(
                LEAST + ORDERS + """
                    check: {tcp: {}, port: 0, interval: 99ms, timeout: 9ms, rise: 0, fall: 101}
                    ejection: {failures: 0, most: 101%, time: 0s, server-errors: yes}
                    slow-start: 31m
                    panic: 0.5
                """,
                "11:28: apps.orders.check.port: must be between 1 and 65535, is 0",
                "11:41: apps.orders.check.interval: must be between 100ms and 1h, is 99ms",
                "11:56: apps.orders.check.timeout: must be between 10ms and 1m, is 9ms",
                "11:67: apps.orders.check.rise: must be between 1 and 100, is 0",
                "11:76: apps.orders.check.fall: must be between 1 and 100, is 101",
                "12:26: apps.orders.ejection.failures: must be between 1 and 1000, is 0",
                "12:35: apps.orders.ejection.most: must be between 0% and 100%, is 101%",
                "12:47: apps.orders.ejection.time: must be between 1s and 1h, is 0s",
                "12:66: apps.orders.ejection.server-errors: cannot be \"yes\"; write one of on, off",
                "13:17: apps.orders.slow-start: must be between 1s and 30m, is 31m",
                "14:12: apps.orders.panic: has an unknown unit: \".5\"; write a whole number and %, as in 50%");
    }

    @Test
    void aCheckIsOverBeforeTheNextBegins() {
        assertProblems(
                LEAST + ORDERS + "    check: {tcp: {}, interval: 1s, timeout: 1001ms}\n",
                "11:45: apps.orders.check.timeout: must not be longer than the interval, 1s, is 1001ms; or the next check would begin before this one is over");
        assertProblems(
                LEAST + ORDERS + "    check: {tcp: {}, timeout: 6s}\n",
                "11:31: apps.orders.check.timeout: must not be longer than the interval, 5s, is 6s; or the next check would begin before this one is over");
    }

    @Test
    void anIntervalWithAMistakeIsOneProblem() {
        assertProblems(
                LEAST + ORDERS + "    check: {tcp: {}, interval: 30, timeout: 10s}\n",
                "11:32: apps.orders.check.interval: has no unit: 30; write a whole number with a unit: 500ms, 30s, 5m, 1h");
    }

    @Test
    void whatServersAreCalledIsAName() {
        assertProblems(
                LEAST + ORDERS + "    check: {tls: {server-name: \"a b\"}}\n",
                "11:32: apps.orders.check.tls.server-name: must be a host name, is \"a b\"; write it without port and final dot, as in api.example.com");
        assertProblems(
                LEAST + ORDERS + "    check: {grpc: {service: \"a b\"}}\n",
                "11:29: apps.orders.check.grpc.service: must be the name of a gRPC service, is \"a b\"; as in shop.v1.Orders; leave it out to ask for the whole server");
    }

    @Test
    void wordsAndMappingsAreNotMixedUp() {
        assertProblems(
                LEAST + ORDERS + "    ejection: on\n    slow-start: never\n",
                "11:15: apps.orders.ejection: must be a mapping, is a single value; write {key: value}",
                "12:17: apps.orders.slow-start: is not a duration: \"never\"; write a whole number with a unit: 500ms, 30s, 5m, 1h");
    }

    @Test
    void aSwitchWithoutValueIsOneProblem() {
        assertProblems(
                LEAST + ORDERS + "    ejection:\n    slow-start: ~\n    timeouts: {attempt: ~}\n",
                "11:14: apps.orders.ejection: has no value; give it a mapping, {key: value}, or remove it",
                "12:17: apps.orders.slow-start: has no value; give it one or remove it",
                "13:25: apps.orders.timeouts.attempt: has no value; give it one or remove it");
    }

    @Test
    void overTlsNeedsTls() {
        assertProblems(
                LEAST + ORDERS + "    check: {tcp: {}, over-tls: on}\n",
                "11:32: apps.orders.check.over-tls: has no settings to go by; add upstream: {tls: {…}} to the app; check: tls asks for a handshake alone");
    }

    @Test
    void checksGoOverTlsAsRequestsDoUnlessTheyHaveAPortOfTheirOwn() {
        assertThat(tlsOf("tcp")).isEqualTo(UpstreamTls.DEFAULTS);
        assertThat(tlsOf("{http: {path: /}}")).isEqualTo(UpstreamTls.DEFAULTS);
        assertThat(tlsOf("{http: {path: /}, port: 81}")).isNull();
        assertThat(tlsOf("{http: {path: /}, port: 81, over-tls: on}")).isEqualTo(UpstreamTls.DEFAULTS);
        assertThat(tlsOf("{http: {path: /}, over-tls: off}")).isNull();
    }

    private static @Nullable UpstreamTls tlsOf(String check) {
        Settings settings = Configs.read(LEAST + ORDERS + "    upstream: {tls: {}}\n    check: " + check + "\n");
        return Objects.requireNonNull(Objects.requireNonNull(settings.apps().get("orders")).health().check()).tls();
    }

    @Test
    void tlsToWorkersIsWholeOrNotThere() {
        assertProblems(
                LEAST + ORDERS + "    upstream: {tls: {verify: off, ca: a.pem, cert: b.pem}}\n",
                "11:39: apps.orders.upstream.tls.ca: is not looked at with verify: off; remove one of the two",
                "11:52: apps.orders.upstream.tls.cert: stands without its key; add key: and the file of its private key");
    }

    @Test
    void aConnectionOfManyClientsIsForNoneOfThem() {
        assertProblems(
                LEAST + ORDERS + "    upstream: {protocol: http2, proxy-protocol: v2}\n",
                "11:49: apps.orders.upstream.proxy-protocol: stands beside protocol: http2, whose connections carry the requests of many clients; remove one of the two");
    }
}
