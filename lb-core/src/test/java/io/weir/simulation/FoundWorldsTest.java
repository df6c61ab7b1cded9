package io.weir.simulation;

import org.junit.jupiter.api.Test;

/** Worlds that have broken a rule once. */
class FoundWorldsTest {
    /** ReturnsAreHeld: a tier whose workers were ill when people let them in again came back without its hold. */
    @Test
    void seed2666() {
        Scenario.of(2666L, """
                domains: [sim.example]
                here: { region: us-e1, zone: us-e1a }
                listeners: [ { bind: "127.0.0.1:0" } ]
                regions:
                  ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b] }
                  us-e1: { jurisdiction: US, zones: [us-e1a, us-e1b, us-e1c] }
                apps:
                  billing:
                    pools:
                      us-e1: { workers: [ { address: "10.2.1.1:9100", zone: us-e1a }, { address: "10.2.2.1:9001", zone: us-e1b } ] }
                      ca-c1: { workers: [ { address: "10.1.1.1:9100", zone: ca-c1a }, { address: "10.1.2.1:9101", zone: ca-c1b } ] }
                    check: { http: { path: /health }, interval: 500ms, timeout: 500ms, rise: 1, fall: 2 }
                    failover: { failback: { hold: 3s, ramp: 0s }, to: [us-e1, ca-c1] }
                """, """
                19.685 evacuate pool=billing/ca-c1 for 28 s
                36.797 region=ca-c1 unwell
                56.000 heal region=ca-c1
                """).mustHold();
    }

    /** ReturnsAreHeld: a tier that was let in with one of three workers well, and lost that one later, came back without its hold. */
    @Test
    void seed4670() {
        Scenario.of(4670L, """
                domains: [sim.example]
                here: { region: ca-c1, zone: ca-c1a }
                listeners: [ { bind: "127.0.0.1:0" } ]
                regions:
                  ca-c1: { jurisdiction: CA, zones: [ca-c1a] }
                  us-e1: { jurisdiction: US, zones: [us-e1a] }
                apps:
                  orders:
                    pools:
                      us-e1:
                        workers:
                          - { address: "10.2.1.1:9000", zone: us-e1a }
                          - { address: "10.2.1.1:9001", zone: us-e1a }
                          - { address: "10.2.1.1:9002", zone: us-e1a }
                      ca-c1: { workers: [ { address: "10.1.1.1:9000", zone: ca-c1a } ] }
                    timeouts: { connect: 2s, response: 500ms, idle: 2s }
                    check: { tls: {}, interval: 500ms, timeout: 200ms, rise: 3, fall: 1 }
                    failover: { failback: { hold: 10s, ramp: 1s }, to: [ca-c1] }
                """, """
                6.393 evacuate zone=us-e1a for 23 s
                12.961 zone=us-e1a slow 2100
                13.920 heal worker=10.2.1.1:9002
                49.619 region=us-e1 unwell
                """).mustHold();
    }
}
