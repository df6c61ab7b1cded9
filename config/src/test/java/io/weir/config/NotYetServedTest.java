package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the design knows and this version does not is refused by name, never ignored. */
class NotYetServedTest {

    @Test
    void keysOfAListener() {
        assertProblems(
                LEAST.replace("\":8080\"", "\":8080\", proxy-protocol: x"),
                "6:29: listeners[0].proxy-protocol: is not yet served by this version; served here: bind, plain-http, timeouts, strict-region, tls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redirect", "drop"})
    void whatAListenerDoesWithPlainHttp(String word) {
        assertProblems(
                LEAST.replace("\":8080\"", "\":8080\", plain-http: " + word),
                "6:41: listeners[0].plain-http: " + word + " is not yet served by this version; write serve");
    }

    @Test
    void keysOfWorkers() {
        assertProblems(
                LEAST + ORDERS.replace("zone: ca-c1a}]", "zone: ca-c1a, tls: {}, protocol: h2}]"),
                "10:67: apps.orders.pools.ca-c1.workers[0].tls: is not yet served by this version; served here: address, zone, weight",
                "10:76: apps.orders.pools.ca-c1.workers[0].protocol: is not yet served by this version; served here: address, zone, weight");
    }

    @Test
    void keysOfTheAdminPort() {
        assertProblems(
                LEAST + "admin: {bind: \":9901\", tls: x}\n",
                "7:24: admin.tls: is not yet served by this version; served here: bind, socket, token");
    }
}
