package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;

import org.junit.jupiter.api.Test;

/** What the design knows and this version does not is refused by name, never ignored. */
class NotYetServedTest {

    @Test
    void keysOfAListener() {
        assertProblems(
                LEAST.replace("\":8080\"", "\":8080\", proxy-protocol: x"),
                "6:29: listeners[0].proxy-protocol: is not yet served by this version; served here: bind, plain-http, timeouts, strict-region, http2, tls");
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
