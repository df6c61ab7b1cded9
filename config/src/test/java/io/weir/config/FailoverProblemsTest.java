package io.weir.config;

import static io.weir.config.Configs.assertProblems;
import static io.weir.config.Configs.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failovers that can never happen are refused, and the message names the loss that would show it. */
class FailoverProblemsTest {

    /** Lines 1 to 8. */
    private static final String THREE_REGIONS = """
            domains: [cloudhub.example]
            here: {region: ca-c1, zone: ca-c1a}
            regions:
              ca-c1: {jurisdiction: CA, zones: [ca-c1a]}
              us-e1: {jurisdiction: US, zones: [us-e1a]}
              eu-w1: {jurisdiction: EU, zones: [eu-w1a]}
            listeners: [{bind: ":8080"}]
            apps:
            """;

    /** Lines 9 to 13. What is about the app comes after it. */
    private static final String IN_TWO = """
              orders:
                pools:
                  ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}, {address: "127.0.0.1:9002", zone: ca-c1a}]}
                  us-e1: {workers: [{address: "127.0.0.1:9101", zone: us-e1a}]}
            """;

    private static final String IN_ONE = IN_TWO.replaceFirst(" *us-e1:.*\n", "");

    private static void assertRefused(String line, String... problems) {
        assertProblems(THREE_REGIONS + IN_TWO + "    " + line + "\n", problems);
    }

    private static FailoverSettings failover(String line) {
        Map<String, AppSettings> apps = read(THREE_REGIONS + IN_TWO + "    " + line + "\n").apps();
        return Objects.requireNonNull(apps.get("orders")).failover();
    }

    @Test
    void aRegionWithoutPoolCannotTakeOver() {
        assertRefused(
                "failover: {to: [us-e1, eu-w1]}",
                "13:28: apps.orders.failover.to[1]: eu-w1 has no pool of orders: if ca-c1 is lost, nothing there serves orders;"
                        + " name a region that has a pool");
    }

    @Test
    void aRegionOutsideTheResidencyCannotTakeOver() {
        assertRefused(
                "failover: {to: [us-e1], residency: [CA]}",
                "13:21: apps.orders.failover.to[0]: us-e1 is in US, residency admits CA: if ca-c1 is lost, nothing there serves orders;"
                        + " name a region that residency admits, or let it admit this one");
    }

    @Test
    void aRegionCannotTakeOverFromItself() {
        assertProblems(
                THREE_REGIONS + IN_ONE + "    failover: {to: [ca-c1]}\n",
                "12:20: apps.orders.failover.to: names the only region that has a pool of orders: if ca-c1 is lost, nothing else serves orders;"
                        + " add a pool in another region and name that one, or remove it");
    }

    @Test
    void everyRegionOfTheAppMayBeNamedSinceEachPassesItselfOver() {
        assertThat(failover("failover: {to: [ca-c1, us-e1]}").to()).containsExactly("ca-c1", "us-e1");
        assertThat(failover("failover: {to: [ca-c1], residency: [CA]}").to()).containsExactly("ca-c1");
    }

    @Test
    void aRegionWithoutWorkersOfItsOwnCannotTakeOver() {
        assertProblems(
                THREE_REGIONS + IN_TWO.replace("9101", "9002") + "    failover: {to: [us-e1]}\n",
                "13:21: apps.orders.failover.to[0]: every worker of us-e1 is one of ca-c1 too: if ca-c1 is lost, so is us-e1;"
                        + " name a region with workers of its own");
    }

    @Test
    void aLossThatNobodyCanNoticeLeadsNowhere() {
        assertRefused(
                "failover: {to: [ca-c1]}\n    check: off\n    ejection: off",
                "13:20: apps.orders.failover.to: never happens: if us-e1 is lost, nobody finds out, since check and ejection are off; write check: tcp");
        assertRefused(
                "failover: {to: [us-e1]}\n    check: off\n    ejection: {most: 0%}",
                "13:20: apps.orders.failover.to: never happens: if ca-c1 is lost, nobody finds out, since check and ejection are off; write check: tcp");
        assertThat(failover("failover: {to: [us-e1]}\n    check: off").to()).containsExactly("us-e1");
    }

    @Test
    void aResidencyAdmitsOneOfTheAppsRegions() {
        assertRefused(
                "failover: {residency: [EU], to: [us-e1]}",
                "13:27: apps.orders.failover.residency: admits none of the regions of orders, so nothing may ever serve it;"
                        + " add the jurisdiction of one: ca-c1 is in CA, us-e1 is in US");
    }

    @Test
    void aResidencyIsSomewhere() {
        assertRefused(
                "failover: {residency: [CA, DE, Canada, CA]}",
                "13:32: apps.orders.failover.residency[1]: no region is in DE; the regions are in CA, EU, US",
                "13:36: apps.orders.failover.residency[2]: must be two upper-case letters, is \"Canada\"; as in CA, US, EU",
                "13:44: apps.orders.failover.residency[3]: CA is given twice; the first is in line 13");
        assertRefused(
                "failover: {residency: []}",
                "13:27: apps.orders.failover.residency: is empty; at least one jurisdiction is needed");
    }

    @Test
    void regionsAreDefinedAndNamedOnce() {
        assertRefused(
                "failover: {to: [us-e2, us-e1, us-e1]}\n    global: {active-active: {mars: 1, ca-c1: 1}}",
                "13:21: apps.orders.failover.to[0]: there is no region us-e2; did you mean us-e1?",
                "13:35: apps.orders.failover.to[2]: us-e1 is given twice; the first is in line 13",
                "14:30: apps.orders.global.active-active.mars: there is no region mars; define it under regions");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '§', value = {
        "{ca-c1: 70, eu-w1: 30} @ 41: apps.orders.global.active-active.eu-w1: eu-w1 has no pool of orders: nothing there takes its part; name a region that has a pool",
        "{ca-c1: 70} @ 29: apps.orders.global.active-active: names one region alone: if it is lost, nothing takes its part; name another beside it, or write active-passive",
        "{ca-c1: 0, us-e1: 0} @ 29: apps.orders.global.active-active: every region has weight 0; give at least one a weight of 1 to 1000",
        "{ca-c1: 1001, us-e1: 0} @ 37: apps.orders.global.active-active.ca-c1: must be between 0 and 1000, is 1001",
        "{} @ 29: apps.orders.global.active-active: is empty; at least one region is needed",
    })
    void regionsThatServeSideBySideCanServe(String weights, String problem) {
        assertRefused("global: {active-active: " + weights + "}", "13:" + problem);
    }

    @Test
    void aRegionOutsideTheResidencyServesNoPart() {
        assertRefused(
                "failover: {residency: [CA]}\n    global: {active-active: {ca-c1: 1, us-e1: 1}}",
                "14:40: apps.orders.global.active-active.us-e1: us-e1 is in US, residency admits CA: nothing there takes its part;"
                        + " name a region that residency admits, or let it admit this one");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '§', value = {
        "global: active-active @ 13: apps.orders.global: cannot be \"active-active\"; write active-passive, or active-active: {REGION: WEIGHT, …}",
        "global: {active-passive: {}} @ 14: apps.orders.global.active-passive: unknown key; did you mean active-active?",
        "zones: local @ 12: apps.orders.zones: cannot be \"local\"; write one of spread, prefer-local",
        "panic: off @ 12: apps.orders.panic: is not a share: \"off\"; write a whole number and %, as in 50%",
        "failover: off @ 15: apps.orders.failover: must be a mapping, is a single value; write {key: value}",
        "failover: {to: us-e1} @ 20: apps.orders.failover.to: must be a list, is a single value; write […]",
        "failover: {failback: off} @ 26: apps.orders.failover.failback: must be a mapping, is a single value; write {key: value}",
        "failover: {failback: {hold: 25h}} @ 33: apps.orders.failover.failback.hold: must be between 0s and 24h, is 25h",
        "failover: {failback: {ramp: 61m}} @ 33: apps.orders.failover.failback.ramp: must be between 0s and 1h, is 61m",
        "objective: {} @ 16: apps.orders.objective.rto: is missing",
        "objective: {rto: 99ms} @ 22: apps.orders.objective.rto: must be between 100ms and 24h, is 99ms",
    })
    void whatHasTheWrongForm(String line, String problem) {
        assertRefused(line, "13:" + problem);
    }

    @Test
    void aMistakeElsewhereIsNotHeldAgainstAFailover() {
        String jurisdiction = THREE_REGIONS.replace("jurisdiction: US", "jurisdiction: Us");
        assertProblems(
                jurisdiction + IN_TWO + "    failover: {to: [us-e1], residency: [US]}\n",
                "5:25: regions.us-e1.jurisdiction: must be two upper-case letters, is \"Us\"; as in CA, US, EU");
        assertProblems(
                THREE_REGIONS + IN_TWO.replace("zone: us-e1a", "zone: us-e1x") + "    failover: {to: [us-e1]}\n",
                "12:59: apps.orders.pools.us-e1.workers[0].zone: region us-e1 has no zone us-e1x; did you mean us-e1a?");
        assertProblems(
                THREE_REGIONS + "  orders:\n    failover: {to: [us-e1], residency: [CA, US]}\n",
                "10:5: apps.orders.pools: is missing");
        assertRefused(
                "failover: {to: [us-e1]}\n    check: tpc\n    ejection: off",
                "14:12: apps.orders.check: cannot be \"tpc\"; write one of off, tcp, tls, grpc, or http: {path: …}");
    }

    @Test
    void whatStandsElsewhereIsNotQuoted() {
        assertRefused(
                "failover: {to: [\"${WEIR_TEST_UNSET:-eu-w1}\", us-e1], residency: [\"${WEIR_TEST_UNSET:-CA}\"]}",
                "13:21: apps.orders.failover.to[0]: cannot be what ${WEIR_TEST_UNSET:-eu-w1} stands for; name a region that has a pool",
                "13:50: apps.orders.failover.to[1]: us-e1 is in US, residency admits ${WEIR_TEST_UNSET:-CA}: if ca-c1 is lost, nothing there serves orders;"
                        + " name a region that residency admits, or let it admit this one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"global: active-passive", "global: {active-active: {ca-c1: 0, us-e1: 1}}", "zones: prefer-local", "panic: 0%",
        "failover: {residency: [CA, EU]}", "failover: {to: [], failback: manual}", "failover: {failback: {hold: 0s, ramp: 0s}}"})
    void whatIsFine(String line) {
        assertThat(failover(line)).isNotNull();
    }
}
