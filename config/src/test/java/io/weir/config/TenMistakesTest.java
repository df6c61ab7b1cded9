package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

/** What a person sees who makes many mistakes at once. */
class TenMistakesTest {

    private static final String TEXT = """
            domains: [cloudhub.example]
            here: { region: ca-c1, zone: us-e1a }
            listeners:
              - { bind: "0.0.0.0", plain-http: serve }
              - { bind: ":8081", plain-http: redirct }
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
            apps:
              orders:
                pools:
                  ca-c1: { workers: [ { address: "127.0.0.1:9001", zone: ca-c1a, wieght: 2 } ] }
                timeouts: { connect: 2 }
              orders: {}
              stock: {}
            mappings:
              - { app: orders }
              - { host: api.example.com, app: orders }
            limits: { connections: 0, head: "${WEIR_TEST_UNSET}" }
            """;

    @Test
    void tenDifferentMistakesInOneFileGiveTenGoodMessages() {
        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read("weir.yaml", TEXT))
                .satisfies(e -> assertThat(printed(e)).isEqualTo(
                        """
                        weir.yaml:2:30: here.zone: us-e1a is a zone of us-e1, not of ca-c1; zones of ca-c1: ca-c1a, ca-c1b
                            here: { region: ca-c1, zone: us-e1a }
                                                         ^
                        weir.yaml:4:13: listeners[0].bind: the port is missing, as in 127.0.0.1:8080
                              - { bind: "0.0.0.0", plain-http: serve }
                                        ^
                        weir.yaml:5:34: listeners[1].plain-http: cannot be "redirct"; write one of serve, redirect, drop
                              - { bind: ":8081", plain-http: redirct }
                                                             ^
                        weir.yaml:12:70: apps.orders.pools.ca-c1.workers[0].wieght: unknown key; did you mean weight?
                                  ca-c1: { workers: [ { address: "127.0.0.1:9001", zone: ca-c1a, wieght: 2 } ] }
                                                                                                 ^
                        weir.yaml:13:26: apps.orders.timeouts.connect: has no unit: 2; write a whole number with a unit: 500ms, 30s, 5m, 1h
                                timeouts: { connect: 2 }
                                                     ^
                        weir.yaml:14:3: apps.orders: is given twice; the first is in line 10
                              orders: {}
                              ^
                        weir.yaml:15:10: apps.stock.pools: is missing
                              stock: {}
                                     ^
                        weir.yaml:18:5: mappings[1]: never matches; the mapping in line 17 takes all that it could; put this one before it
                              - { host: api.example.com, app: orders }
                                ^
                        weir.yaml:19:24: limits.connections: must be between 1 and 1000000, is 0
                            limits: { connections: 0, head: "${WEIR_TEST_UNSET}" }
                                                   ^
                        weir.yaml:19:33: limits.head: the environment has no WEIR_TEST_UNSET; set it, or give a default: ${WEIR_TEST_UNSET:-…}
                            limits: { connections: 0, head: "${WEIR_TEST_UNSET}" }
                                                            ^
                        """));
    }

    private static String printed(ConfigProblemsException e) {
        var printed = new StringBuilder();
        for (Problem problem : e.problems()) {
            printed.append(problem).append('\n').append(e.excerpt(problem)).append('\n');
        }
        return printed.toString();
    }
}
