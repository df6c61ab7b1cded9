package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.failover.Evacuation;
import io.weir.failover.Scope;
import io.weir.health.Health;
import io.weir.topology.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the pages and the events say while workers are lost and sent away. */
class FailoverPagesTest {
    private static final String CONFIG = """
            domains: [cloudhub.example]
            here: { region: ca-c1, zone: ca-c1a }
            listeners: [ { bind: ":8080" } ]
            admin: { bind: "127.0.0.1:9901", token: a-token-of-24-characters }
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
            apps:
              orders:
                pools:
                  ca-c1: { workers: [ { address: "127.0.0.1:1", zone: ca-c1a }, { address: "127.0.0.1:2", zone: ca-c1b } ] }
                  us-e1: { workers: [ { address: "127.0.0.1:3", zone: us-e1a } ] }
                failover: { to: [us-e1, ca-c1] }
              stock: { pools: { us-e1: { workers: [ { address: "127.0.0.1:4", zone: us-e1a } ] } } }
            """;

    private AdminRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new AdminRig(CONFIG, null);
        rig.verdict(Health.HEALTHY, "connected", _ -> true);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private String page(String target) throws IOException {
        return AdminRig.body(rig.get(target));
    }

    private static boolean isInCanada(Worker worker) {
        return worker.region().equals("ca-c1");
    }

    @Test
    void aRegionThatIsLost() throws Exception {
        rig.verdict(Health.UNHEALTHY, "connection refused", FailoverPagesTest::isInCanada);
        String status = rig.await("/status?app=orders", "lost");

        assertThat(rig.await("/status?app=orders", "plans turned 1")).contains(
                "healthy 1, unhealthy 2,", "orders  ca-c1   2        0     0 ", "too few of its workers are well");
        assertThat(status.lines().filter(line -> line.startsWith("orders  ca-c1  "))).anySatisfy(line -> assertThat(line.split(" +"))
                .startsWith("orders", "ca-c1", "ca-c1", "0%", "0", "2", "0%", "false", "lost"));
        assertThat(rig.await("/status?app=orders", "us-e1a (0% left for ca-c1")).contains("region=us-e1 (0% left for ca-c1 and us-e1)");
        rig.await("/events?format=json", "\"failover\"");
        assertThat(page("/workers?app=orders")).contains("unhealthy", "check", "connection refused", "refused: connection refused");
        assertThat(rig.feed.after(0)).extracting(noted -> noted.event().kind()).containsExactly("health_changed", "health_changed", "failover");
        assertThat(rig.feed.after(0).getFirst().event().facts().toString()).isEqualTo(
                "{worker=127.0.0.1:1, app=orders, region=ca-c1, zone=ca-c1a, from=healthy, to=unhealthy, cause=check, detail=connection refused}");
        assertThat(page("/events?format=json")).contains("\"lost\" : \"tier ca-c1\"", "\"share\" : 0.000");
    }

    @Test
    void whatAnAppCouldBearAndWhatItCouldNot() throws Exception {
        String status = rig.await("/status", "of a zone 1");

        assertThat(status).contains("apps at risk  now 0, of a zone 1, of a region 1");
        assertThat(status.substring(status.indexOf("APP     SAFE"))).isEqualTo("""
                APP     SAFE TO LOSE                                                       UNSAFE TO LOSE
                stock   -                                                                  zone=us-e1a (0% left for us-e1), region=us-e1 (0% left for us-e1)
                orders  zone=ca-c1a, zone=ca-c1b, zone=us-e1a, region=ca-c1, region=us-e1  -
                """);
        assertThat(page("/status?format=json&app=orders")).contains("\"unsafe_to_lose\" : [ ]", "\"of_a_zone\" : 0");
    }

    @Test
    void evacuationsWithTheirEnd() throws Exception {
        rig.onControl(() -> rig.control.evacuate(new Evacuation(Scope.parse("zone=ca-c1a"), AdminRig.STARTED.plus(Duration.ofHours(1)), false)));

        assertThat(page("/status")).contains("evacuations 1\n", """
                SCOPE        UNTIL                 HARD
                zone=ca-c1a  2026-11-23T13:00:00Z  false
                """);
        assertThat(page("/workers?app=orders").lines().toList().get(1)).contains("127.0.0.1:1", "evacuated");
        rig.onControl(() -> {
            rig.control.restore(Scope.parse("zone=ca-c1a"));
        });
        List<String> kinds = rig.feed.after(0).stream().map(noted -> noted.event().kind()).toList();
        assertThat(kinds).contains("evacuated", "restored");
        assertThat(page("/status")).doesNotContain("SCOPE");
    }

    /** Measuring takes ten seconds where there is no traffic; here the zone's own failover is told at once. */
    @Test
    void aZoneThatIsLostIsTold() throws Exception {
        rig.verdict(Health.UNHEALTHY, "timeout", worker -> worker.zone().equals("ca-c1a"));
        assertThat(rig.await("/events?format=text", "lost zone")).contains("failover", "lost zone ca-c1a, share 70%");
    }
}
