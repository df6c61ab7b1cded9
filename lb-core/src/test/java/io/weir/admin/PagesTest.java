package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the pages say of a config. */
class PagesTest {
    private static AdminRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new AdminRig(null);
        rig.await("/status", "of a zone 2"); // which is judged a moment after the start
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static String page(String target) throws IOException {
        return AdminRig.body(rig.get(target));
    }

    @Test
    void routes() throws IOException {
        assertThat(page("/routes")).isEqualTo("""
                HOST                           APP     REGION  GOAL
                orders.cloudhub.example        orders  ca-c1   app orders
                orders.ca-c1.cloudhub.example  orders  ca-c1   app orders
                orders.us-e1.cloudhub.example  orders  us-e1   app orders
                stock.cloudhub.example         stock   us-e1   app stock
                stock.ca-c1.cloudhub.example   stock   ca-c1   421 wrong_region
                stock.us-e1.cloudhub.example   stock   us-e1   app stock

                PLACE  HOST               PATH     GOAL
                1      {app}.example.com  /        app {app}, rewrite /x
                2      -                  /stock/  app stock in us-e1
                3      -                  /old/    redirect 308 https://new.example.com/{rest}
                4      -                  /gone    respond 410
                """);
    }

    @Test
    void routesOfOneApp() throws IOException {
        assertThat(page("/routes?app=stock")).doesNotContain("orders", "/old/").contains("stock.cloudhub.example", "/stock/", "{app}.example.com");
        assertThat(page("/routes?app=orders")).doesNotContain("/stock/");
    }

    @Test
    void whatIsLeftOffIsCounted() throws IOException {
        assertThat(page("/routes?limit=2")).contains("and 4 more app domains; see limit= and app=", "and 2 more mappings;");
        assertThat(page("/routes?limit=1&format=json")).contains("\"app_domains_left_off\" : 5", "\"mappings_left_off\" : 3");
        assertThat(page("/workers?limit=3")).contains("127.0.0.1:3").doesNotContain("127.0.0.1:4").endsWith("and 1 more workers; see limit= and app=\n");
        assertThat(page("/status?limit=1")).contains("workers 4,", "and 2 more pools;");
    }

    @Test
    void workers() throws IOException {
        assertThat(page("/workers")).isEqualTo("""
                APP     REGION  WORKER       ZONE    WEIGHT  HEALTH    FOR  CAUSE  ADMIN STATE  CHECK  CHECKED  FAILED CHECKS  FAILED ANSWERS  IN FLIGHT  OPEN  IDLE  QUEUED
                orders  ca-c1   127.0.0.1:1  ca-c1a  1       unproven  -    -      enabled      -      -        -              -               0          0     0     0
                orders  ca-c1   127.0.0.1:2  ca-c1b  3       unproven  -    -      enabled      -      -        -              -               0          0     0     0
                orders  us-e1   127.0.0.1:3  us-e1a  1       unproven  -    -      enabled      -      -        -              -               0          0     0     0
                stock   us-e1   127.0.0.1:4  us-e1a  1       unproven  -    -      enabled      -      -        -              -               0          0     0     0
                """);
        assertThat(page("/workers?app=stock&format=json")).contains("\"worker\" : \"127.0.0.1:4\"", "\"resting\" : null").doesNotContain("orders");
    }

    @Test
    void status() throws IOException {
        String status = page("/status");

        assertThat(status).startsWith("weir          1.2.3\npid           " + ProcessHandle.current().pid() + "\nuptime        ");
        assertThat(status.substring(status.indexOf("readiness"), status.indexOf("APP     SAFE"))).isEqualTo("""
                readiness     ready
                here          region ca-c1, zone ca-c1a
                config        origin /etc/weir.yaml, checksum 0123456789ab, generation 1, loaded 2026-11-23T12:00:00Z
                listeners     *:8080
                admin         127.0.0.1:%d
                wrong tokens  0
                connections   open 7, most 8000
                counts        apps 2, pools 3, workers 4, unproven 4, healthy 0, unhealthy 0, probation 0, resting 0, in flight 0
                failover      plans turned 0, plans in panic 0, evacuations 0
                apps at risk  now 0, of a zone 2, of a region 2

                APP     REGION  WORKERS  WELL  RESTING  IN FLIGHT  OPEN  QUEUED
                orders  ca-c1   2        0     0        0          0     0
                orders  us-e1   1        0     0        0          0     0
                stock   us-e1   1        0     0        0          0     0

                APP     ASKED  TIER   SHARE  WELL  ENABLED  CAPACITY  PANIC  STATE    FOR  LEFT  WHY
                orders  ca-c1  ca-c1  100%%   0     2        100%%      false  settled  -    -     -
                orders  us-e1  us-e1  100%%   0     1        100%%      false  settled  -    -     -
                stock   us-e1  us-e1  100%%   0     1        100%%      false  settled  -    -     -

                """.formatted(rig.port));
        assertThat(page("/status?app=stock")).contains("workers 1,").doesNotContain("orders");
    }

    @Test
    void theConfigIsOneThatSaysTheSame() throws Exception {
        String yaml = page("/config");

        assertThat(yaml).startsWith("# origin /etc/weir.yaml, checksum 0123456789ab, generation 1, loaded 2026-11-23T12:00:00Z\n");
        String secret = yaml.replace("(redacted)", AdminRig.TOKEN);
        assertThat(ConfigReader.read("printed", secret).settings()).isEqualTo(rig.config().settings());
        assertThat(page("/config?app=stock")).contains("apps:\n  stock:\n").doesNotContain("orders", "listeners");
    }

    @Test
    void theIndexListsEveryPage() throws IOException {
        assertThat(page("/").lines().skip(1).map(line -> line.split(" ", 2)[0]))
                .containsExactly(
                        "/", "/live", "/ready", "/status", "/workers", "/routes", "/explain", "/config", "/plan", "/simulate", "/evacuate", "/restore", "/reload", "/failback",
                        "/drill", "/drill/lines", "/drill/begin", "/drill/abort", "/events", "/metrics");
    }
}
