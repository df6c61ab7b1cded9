package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;
import static io.weir.config.Configs.read;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Names that nothing is defined for, and things that get in each other's way. */
class ReferenceProblemsTest {

    @Test
    void hereIsADefinedPlace() {
        assertProblems(
                LEAST.replace("here: {region: ca-c1,", "here: {region: ca-c2,"),
                "2:16: here.region: there is no region ca-c2; did you mean ca-c1?");
        assertProblems(
                LEAST.replace("zone: ca-c1a}", "zone: us-e1a}"),
                "2:29: here.zone: us-e1a is a zone of us-e1, not of ca-c1; zones of ca-c1: ca-c1a, ca-c1b");
    }

    @Test
    void ofManyZonesTheFirstFewAreNamed() {
        assertProblems(
                LEAST.replace("zone: ca-c1a}", "zone: far}").replace("zones: [ca-c1a, ca-c1b]", "zones: [a1, a2, a3, a4, a5, a6, a7, a8, a9]"),
                "2:29: here.zone: region ca-c1 has no zone far; its zones: a1, a2, a3, a4, a5, a6, a7, a8, …");
    }

    @Test
    void aPoolIsInADefinedRegionAndItsWorkersInItsZones() {
        assertProblems(
                LEAST + """
                apps:
                  orders:
                    pools:
                      mars: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}]}
                      us-e1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}]}
                """,
                "10:7: apps.orders.pools.mars: there is no region mars; define it under regions",
                "11:59: apps.orders.pools.us-e1.workers[0].zone: ca-c1a is a zone of ca-c1, not of us-e1; zones of us-e1: us-e1a");
    }

    @Test
    void aRegionWithAMistakeStillExists() {
        assertProblems(
                LEAST.replace("zones: [us-e1a]", "zones: us-e1a")
                        + "apps: {a: {pools: {us-e1: {workers: [{address: \"127.0.0.1:9001\", zone: us-e1b}]}}}}\n",
                "5:36: regions.us-e1.zones: must be a list, is a single value; write […]");
    }

    @Test
    void withoutRegionsNoneIsSaidToBeMissing() {
        assertProblems(
                "domains: [a.example]\nhere: {region: ca-c1, zone: ca-c1a}\nlisteners: [{bind: \":1\"}]\n" + ORDERS,
                "1:1: regions: is missing");
    }

    @Test
    void anAppHasPoolsAndAPoolHasWorkers() {
        assertProblems(
                LEAST + "apps: {a: {}, b: {pools: {}}, c: {pools: {ca-c1: {}}}, d: {pools: {ca-c1: {workers: []}}}}\n",
                "7:11: apps.a.pools: is missing",
                "7:26: apps.b.pools: is empty; at least one pool is needed",
                "7:50: apps.c.pools.ca-c1: has neither workers nor gateway nor discover;"
                        + " list its workers, name the load balancer of that region, gateway: {address: \"10.0.0.1:8080\"}, or say where its workers are found",
                "7:85: apps.d.pools.ca-c1.workers: is empty; at least one worker is needed");
    }

    @Test
    void aPoolOfWorkersWithoutWeightIsRefused() {
        assertProblems(
                LEAST + "apps: {a: {pools: {ca-c1: {workers: [{address: \"a:1\", zone: ca-c1a, weight: 0}]}}}}\n",
                "7:27: apps.a.pools.ca-c1: every worker has weight 0; give at least one a weight of 1 to 256, or remove the pool");
    }

    @Test
    void aWorkerStandsOnceInAPoolAndOftenInOthers() {
        String worker = "{address: \"127.0.0.1:9001\", zone: ca-c1a}";
        assertProblems(
                LEAST + "apps: {a: {pools: {ca-c1: {workers: [\n" + worker + ",\n" + worker + "]}}}}\n",
                "9:11: apps.a.pools.ca-c1.workers[1].address: 127.0.0.1:9001 is given twice; the first is in line 8");

        String pools = "{pools: {ca-c1: {workers: [" + worker + "]}}}";
        assertThat(read(LEAST + "apps: {a: " + pools + ", b: " + pools + "}\n").apps()).hasSize(2);
    }

    @Test
    void namesAreDnsLabels() {
        assertProblems(
                LEAST.replace("zones: [us-e1a]", "zones: [us_e1a]") + "apps: {Orders: {pools: {CA-C1: {workers: []}}}}\n",
                "5:37: regions.us-e1.zones[0]: must be a lower-case DNS label, is \"us_e1a\"; use a-z, 0-9 and inner hyphens, at most 63",
                "7:8: apps.Orders: must be a lower-case DNS label, is \"Orders\"; use a-z, 0-9 and inner hyphens, at most 63",
                "7:25: apps.Orders.pools.CA-C1: must be a lower-case DNS label, is \"CA-C1\"; use a-z, 0-9 and inner hyphens, at most 63",
                "7:42: apps.Orders.pools.CA-C1.workers: is empty; at least one worker is needed");
    }

    @Test
    void aZoneBelongsToOneRegion() {
        assertProblems(
                LEAST.replace("zones: [us-e1a]", "zones: [us-e1a, ca-c1b]"),
                "5:45: regions.us-e1.zones[1]: ca-c1b is given twice; the first is in line 4");
    }

    @Test
    void aMappingLeadsToADefinedApp() {
        assertProblems(
                LEAST + ORDERS + "mappings: [{host: a.example, app: ordres}, {host: b.example, app: billing}]\n",
                "11:35: mappings[0].app: there is no app ordres; did you mean orders?",
                "11:67: mappings[1].app: there is no app billing; define it under apps");
    }

    @Test
    void anAppWithAMistakeStillExists() {
        assertProblems(
                LEAST + "apps: {orders: {}}\nmappings: [{app: orders}]\n", "7:16: apps.orders.pools: is missing");
        assertProblems(
                LEAST + "apps: [orders]\nmappings: [{app: orders}]\n", "7:7: apps: must be a mapping, is a list; write {key: value}");
    }

    @Test
    void aMappingThatComesTooLateIsReported() {
        assertProblems(
                LEAST + ORDERS + """
                mappings:
                  - {host: a.example.com, app: orders}
                  - {host: A.example.com, app: orders}
                  - {app: orders}
                  - {host: b.example.com, app: orders}
                  - {app: orders}
                """,
                "13:5: mappings[1]: never matches; the mapping in line 12 takes all that it could; put this one before it",
                "15:5: mappings[3]: never matches; the mapping in line 14 takes all that it could; put this one before it",
                "16:5: mappings[4]: never matches; the mapping in line 14 takes all that it could; put this one before it");
    }

    @Test
    void twoAppsDoNotClaimOneHost() {
        assertProblems(
                LEAST + ORDERS + """
                  stock:
                    pools: {us-e1: {workers: [{address: "127.0.0.1:9101", zone: us-e1a}]}}
                mappings: [{host: shop.example.com, app: orders}, {host: Shop.Example.Com, app: stock}]
                """,
                "13:51: mappings[1]: never matches; the mapping in line 13 takes all that it could; put this one before it");
    }

    @Test
    void aMappingForEveryHostLeavesHostsUnderTheDomainsToLaterOnes() {
        String mappings = "mappings: [{app: orders}, {host: www.cloudhub.example, app: orders}, {host: cloudhub.example, app: orders}]\n";

        assertThat(read(LEAST + ORDERS + mappings).mappings()).hasSize(3);
    }

    @Test
    void aDomainIsAHostNameAndStandsOnce() {
        assertProblems(
                LEAST.replace("[cloudhub.example]", "[a.example, \"a.example:80\", 10.0.0.1, A.example]"),
                "1:22: domains[1]: must be a host name, is \"a.example:80\"; write it without port and final dot, as in api.example.com",
                "1:38: domains[2]: must be a host name, is \"10.0.0.1\"; write it without port and final dot, as in api.example.com",
                "1:48: domains[3]: a.example is given twice; the first is in line 1");
    }

    @Test
    void aDomainIsNotWhereARegionsAppsAre() {
        assertProblems(
                LEAST.replace("[cloudhub.example]", "[cloudhub.example, ca-c1.cloudhub.example]"),
                "1:29: domains[1]: is where the apps of region ca-c1 answer already; remove it or rename the region");
        assertProblems(
                LEAST.replace("[cloudhub.example]", "[cloudhub.example, ca-c1.ca.example]").replace("[ca-c1a, ca-c1b]", "[ca-c1a], domain: ca.example"),
                "1:29: domains[1]: is where the apps of region ca-c1 answer already; remove it or rename the region");
    }

    @Test
    void noTwoSocketsWantOneAddress() {
        assertProblems(
                LEAST.replace("listeners: [{bind: \":8080\"}]", "listeners: [{bind: \":8080\"}, {bind: \"127.0.0.1:8080\"}, {bind: \":0\"}, {bind: \":0\"}]")
                        + "admin: {bind: \":8080\"}\n",
                "6:37: listeners[1].bind: 127.0.0.1:8080 cannot be bound beside :8080; the other is in line 6",
                "7:15: admin.bind: :8080 cannot be bound beside :8080; the other is in line 6");
        assertProblems(
                LEAST.replace("\":8080\"", "\"127.0.0.1:8080\"") + "admin: {bind: \"0.0.0.0:8080\"}\n",
                "7:15: admin.bind: 0.0.0.0:8080 cannot be bound beside 127.0.0.1:8080; the other is in line 6");
    }
}
