package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that are unknown, missing, given twice or of the wrong kind, and values that are no values of their key. */
class KeyProblemsTest {

    @Test
    void anUnknownKeyIsReportedWithTheNearestKnownOne() {
        assertProblems(
                LEAST + """
                apps:
                  orders:
                    pools:
                      ca-c1:
                        workers:
                          - address: "127.0.0.1:9001"
                            zone: ca-c1a
                            wieght: 1
                """,
                "14:13: apps.orders.pools.ca-c1.workers[0].wieght: unknown key; did you mean weight?");
    }

    @Test
    void anUnknownKeyThatIsNearToNoneIsReportedWithAllThatAreKnown() {
        assertProblems(
                LEAST + "admin: {bind: \":9901\", colour: red}\n",
                "7:24: admin.colour: unknown key; known here: bind, socket, token");
    }

    @Test
    void aKeyThatIsMisspeltIsNotAlsoMissing() {
        assertProblems(LEAST + "admin: {bnid: \":9901\"}\n", "7:9: admin.bnid: unknown key; did you mean bind?");
    }

    @Test
    void allThatIsMissingIsReportedAtTheMappingThatLacksIt() {
        assertProblems(
                "runtime: {}\n",
                "1:1: domains: is missing",
                "1:1: regions: is missing",
                "1:1: here: is missing",
                "1:1: listeners: is missing");
    }

    @Test
    void aKeyGivenTwiceNamesBothPlaces() {
        assertProblems(
                LEAST + ORDERS + "  orders: {}\n",
                "11:3: apps.orders: is given twice; the first is in line 8");
    }

    @Test
    void aKeyWithoutValueIsNotTakenForItsDefault() {
        assertProblems(
                LEAST + "runtime:\nlimits: {head: ~}\naccess-log: {format: null}\n",
                "7:9: runtime: has no value; give it a mapping, {key: value}, or remove it",
                "8:16: limits.head: has no value; give it one or remove it",
                "9:22: access-log.format: has no value; give it one or remove it");
    }

    @Test
    void theWrongKindOfValueIsReportedWithTheRightOne() {
        assertProblems(
                LEAST + "runtime: [1]\nlimits: {head: {}}\nmappings: {}\nadmin: \":9901\"\n",
                "7:10: runtime: must be a mapping, is a list; write {key: value}",
                "8:16: limits.head: must be a single value, is a mapping",
                "9:11: mappings: must be a list, is a mapping; write […]",
                "10:8: admin: must be a mapping, is a single value; write {key: value}");
    }

    @Test
    void aConfigIsAMapping() {
        assertProblems("- a\n", "1:1: must be a mapping, is a list; write {key: value}");
        assertProblems("weir\n", "1:1: must be a mapping, is a single value; write {key: value}");
    }

    @Test
    void keysAreSingleValues() {
        assertProblems(LEAST + "{a: b}: c\n", "7:1: a key must be a single value, is a mapping");
        assertProblems(LEAST + "? [a]\n: c\n", "7:3: a key must be a single value, is a list");
        assertProblems(LEAST + "~: c\n", "7:1: ~: has no value; give it one or remove it");
    }

    @Test
    void mergeKeysAreRefused() {
        assertProblems(
                LEAST + "limits: &l {head: 8KiB}\nruntime: {<<: *l}\n",
                "8:11: runtime.<<: merge keys are not supported; use an alias for the whole value");
    }

    @Test
    void whatIsOutOfRangeIsReportedWithTheRange() {
        assertProblems(
                LEAST + """
                runtime: {event-loops: 0, drain: 25h}
                limits:
                  connections: 0
                  request-line: 255
                  head: 2MiB
                  fields: 9
                  response-head: 1023
                  body: 1048577GiB
                admin: {bind: ":65536"}
                """,
                "7:24: runtime.event-loops: must be between 1 and 1024, is 0",
                "7:34: runtime.drain: must be between 0s and 24h, is 25h",
                "9:16: limits.connections: must be between 1 and 1000000, is 0",
                "10:17: limits.request-line: must be between 256 and 64KiB, is 255",
                "11:9: limits.head: must be between 1KiB and 1MiB, is 2MiB",
                "12:11: limits.fields: must be between 10 and 10000, is 9",
                "13:18: limits.response-head: must be between 1KiB and 1MiB, is 1023",
                "14:9: limits.body: must be between 0 and 1048576GiB, is 1048577GiB",
                "15:15: admin.bind: the port 65536 is above 65535");
    }

    @Test
    void theRangesOfAnAppAreReported() {
        assertProblems(
                LEAST + ORDERS + """
                    timeouts: {connect: 0s, response: 25h, idle: off, attempt: 0ms, total: on}
                    upstream: {connections: 0, queue: -1, idle-connections: 100001, idle: 0s}
                """,
                "11:25: apps.orders.timeouts.connect: must be between 1ms and 24h, is 0s",
                "11:39: apps.orders.timeouts.response: must be between 1ms and 24h, is 25h",
                "11:50: apps.orders.timeouts.idle: is not a duration: \"off\"; write a whole number with a unit: 500ms, 30s, 5m, 1h",
                "11:64: apps.orders.timeouts.attempt: must be between 1ms and 24h, is 0s",
                "11:76: apps.orders.timeouts.total: is not a duration: \"on\"; write a whole number with a unit: 500ms, 30s, 5m, 1h",
                "12:29: apps.orders.upstream.connections: must be between 1 and 100000, is 0",
                "12:39: apps.orders.upstream.queue: must be between 0 and 100000, is -1",
                "12:61: apps.orders.upstream.idle-connections: must be between 0 and 100000, is 100001",
                "12:75: apps.orders.upstream.idle: must be between 1ms and 24h, is 0s");
    }

    @Test
    void trustedProxiesAreBlocksOfAddressesNoneOfThemTwice() {
        assertProblems(
                LEAST + "trusted-proxies: [10.1.0.0/8, 10.0.0.0/8, \"::ffff:10.0.0.0/104\", proxy.internal]\nforwarded: on\nvia: maybe\n",
                "7:19: trusted-proxies[0]: 10.1.0.0 is not the first address of its block:"
                        + " write 10.0.0.0/8 for the block, or 10.1.0.0 for the one address",
                "7:43: trusted-proxies[2]: 10.0.0.0/8 is given twice; the first is in line 7",
                "7:66: trusted-proxies[3]: \"proxy.internal\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
                "8:12: forwarded: cannot be \"on\"; write one of off, rfc7239",
                "9:6: via: cannot be \"maybe\"; write one of on, off");
    }

    @Test
    void whatHasTheWrongFormIsReportedWithTheRightOne() {
        assertProblems(
                LEAST + "runtime: {event-loops: two, transport: kqueue, drain: 30}\nlimits: {head: 8KB, connections: 8_000}\n",
                "7:24: runtime.event-loops: is not a whole number: \"two\"; write a whole number, without a unit",
                "7:40: runtime.transport: cannot be \"kqueue\"; write one of auto, io_uring, epoll, nio",
                "7:55: runtime.drain: has no unit: 30; write a whole number with a unit: 500ms, 30s, 5m, 1h",
                "8:16: limits.head: has an unknown unit: \"KB\";"
                        + " write a whole number of bytes, or one with a unit of 1024: 64KiB, 8MiB, 1GiB",
                "8:34: limits.connections: is not a whole number: \"8_000\"; write a whole number, without a unit");
    }

    @Test
    void aMessageIsOneShortLineWhateverTheConfigHolds() {
        assertProblems(
                LEAST + "\"a\\e[31m\\nb\": 1\nruntime: {drain: " + "9".repeat(300) + "s}\n",
                "7:1: a?[31m?b: unknown key; known here: domains, regions, here, listeners, admin, apps, mappings, trusted-proxies, forwarded, via, trusted-gateways, instance, access-log, metrics, runtime, limits, reload",
                "8:18: runtime.drain: is too long: \"" + "9".repeat(80) + "…\"; write a whole number with a unit: 500ms, 30s, 5m, 1h");
    }

    @Test
    void allProblemsAreReportedAtOnceInTheOrderOfTheFile() {
        assertProblems(
                """
                mappings: [{app: order}]
                limits: {head: 1}
                listeners: [{bind: "8080"}]
                domains: []
                here: {region: ca-c1, zone: ca-c1x}
                apps: {orders: {pools: {ca-c1: {workers: [{address: a:1, zone: ca-c1a, weight: 257}]}}}}
                regions: {ca-c1: {jurisdiction: Canada, zones: [ca-c1a]}}
                """,
                "1:18: mappings[0].app: there is no app order; did you mean orders?",
                "2:16: limits.head: must be between 1KiB and 1MiB, is 1",
                "3:20: listeners[0].bind: the port is missing, as in 127.0.0.1:8080",
                "4:10: domains: is empty; at least one domain is needed",
                "5:29: here.zone: region ca-c1 has no zone ca-c1x; did you mean ca-c1a?",
                "6:80: apps.orders.pools.ca-c1.workers[0].weight: must be between 0 and 256, is 257",
                "7:33: regions.ca-c1.jurisdiction: must be two upper-case letters, is \"Canada\"; as in CA, US, EU");
    }

    @Test
    void pastAThousandProblemsTheRestAreCounted() {
        var text = new StringBuilder(LEAST);
        for (int i = 0; i < 1003; i++) {
            text.append('a').append(i).append(": 1\n");
        }
        String[] expected = new String[1001];
        for (int i = 0; i < 1000; i++) {
            expected[i] = (7 + i) + ":1: a" + i
                    + ": unknown key; known here: domains, regions, here, listeners, admin, apps, mappings, trusted-proxies, forwarded, via, trusted-gateways, instance, access-log, metrics, runtime, limits, reload";
        }
        expected[1000] = "1006:1: and 3 more problems";

        assertProblems(text.toString(), expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{format: xml}                                        | 7:22: access-log.format: cannot be \"xml\"; write one of json, common, combined, off",
        "{path: \"\"}                                          | 7:20: access-log.path: must be the path of a file; write - for standard output",
        "{format: common, request-headers: [host]}            | 7:47: access-log.request-headers: has no place in a line of this format; write format: json",
        "{request-headers: [Cookie]}                          | 7:32: access-log.request-headers[0]: is never logged: Cookie; whoever reads the log could act in its owner's name",
        "{response-headers: [SET-COOKIE]}                     | 7:33: access-log.response-headers[0]: is never logged: SET-COOKIE; whoever reads the log could act in its owner's name",
    })
    void accessLog(String value, String problem) {
        assertProblems(LEAST + "access-log: " + value + "\n", problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{apps: 1501} | 7:17: metrics.apps: must be between 0 and 1500, is 1501",
        "{app: 1}     | 7:11: metrics.app: unknown key; did you mean apps?",
    })
    void metrics(String value, String problem) {
        assertProblems(LEAST + "metrics: " + value + "\n", problem);
    }

    @Test
    void tlsNeedsCertificatesAndHasNoPlainHttpBesideIt() {
        assertProblems(
                LEAST.replace("\":8080\"", "\":8443\", plain-http: serve, tls: {certificates: [{cert: a.pem}], ciphers: old, hsts: {max-age: 1d}}"),
                "6:41: listeners[0].plain-http: stands beside tls; remove it, and give plain HTTP a listener of its own",
                "6:69: listeners[0].tls.certificates[0].key: is missing",
                "6:94: listeners[0].tls.ciphers: cannot be \"old\"; write one of modern, intermediate, compatible",
                "6:115: listeners[0].tls.hsts.max-age: has an unknown unit: \"d\"; write a whole number with a unit: 500ms, 30s, 5m, 1h");
    }

    @Test
    void whatPassesBytesOnHasNothingOfHttpBesideIt() {
        assertProblems(
                LEAST.replace("\":8080\"", "\":8443\", plain-http: drop, tls: {certificates: [{cert: a.pem, key: a.key}]}, tcp: sni"),
                "6:41: listeners[0].plain-http: stands beside tcp, which passes bytes on as they come; remove one of the two, or give each a listener of its own",
                "6:52: listeners[0].tls: stands beside tcp, which passes bytes on as they come; remove one of the two, or give each a listener of its own");
        assertProblems(
                LEAST.replace("\":8080\"", "\":8443\", tcp: \"a.example:80\""),
                "6:34: listeners[0].tcp: must be a host name, is \"a.example:80\"; write it without port and final dot, as in api.example.com");
    }

    @Test
    void whoAsksForClientCertificatesSaysWhoseAreBelieved() {
        assertProblems(
                LEAST.replace("\":8080\"", "\":8443\", tls: {certificates: [{cert: a.pem, key: a.key}], client-auth: {mode: required}, hosts: {a_b: {}}}"),
                "6:91: listeners[0].tls.client-auth: has no ca; name the file of the issuers whose certificates are believed",
                "6:117: listeners[0].tls.hosts.a_b: must be a host name, is \"a_b\"; write it without port and final dot, as in api.example.com or *.example.com",
                "6:122: listeners[0].tls.hosts.a_b.client-auth: is missing");
    }
}
