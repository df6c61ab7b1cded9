package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a load balancer of another region is asked, and what is made of its answers. */
class GatewayCheckTest {
    private final CheckRig rig = new CheckRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static String answer(String body) {
        return "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }

    /** One that gives these answers, one after the other, on one connection. */
    private static ScriptedServer gateway(String... bodies) throws Exception {
        return new ScriptedServer(connection -> {
            for (String body : bodies) {
                if (connection.request() == null) {
                    return;
                }
                connection.write(answer(body));
            }
            connection.request();
        });
    }

    private static CheckResult of(CheckResult result, String app) {
        Worker pool = new Worker(app, "us-e1", "us-e1", new WorkerAddress("127.0.0.1", 1));
        return Objects.requireNonNull(result.verdicts(), result.detail()).of(pool);
    }

    @Test
    void asksForAllAndThenForWhatHasChanged() throws Exception {
        try (ScriptedServer server = gateway("weir-pools 7 all\norders us-e1 3 4\nstock us-e1 1 1\n", "weir-pools 9 changes\nstock us-e1 0 1\n")) {
            Check check = rig.check(server.port(), new CheckSettings.Pools());

            assertThat(of(rig.ask(check), "orders").detail()).isEqualTo("3 of 4 of orders in us-e1 well, by weight");
            CheckResult second = rig.ask(check);
            assertThat(of(second, "orders").behind()).isEqualTo(new CheckResult.Behind(3, 4));
            assertThat(of(second, "stock").failure()).isEqualTo(Failure.UNWELL);
            for (String since : List.of("0", "7")) {
                assertThat(server.request()).startsWith("GET /.weir/apps?since=" + since + " HTTP/1.1\r\n");
            }
        }
    }

    @Test
    void oneThatDrainsIsUnwellForAllAndIsAskedForWhatItHasNotTold() throws Exception {
        try (ScriptedServer server = gateway("weir-pools 7 all\norders us-e1 3 4\n", "weir-pools 8 draining\n", "weir-pools 8 changes\norders us-e1 2 4\n")) {
            Check check = rig.check(server.port(), new CheckSettings.Pools());
            rig.ask(check);

            CheckResult draining = rig.ask(check);
            assertThat(draining.failure()).isEqualTo(Failure.UNWELL);
            assertThat(draining.detail()).isEqualTo("the load balancer drains, and takes no more requests");
            assertThat(draining.verdicts()).isNull();

            assertThat(of(rig.ask(check), "orders").behind()).isEqualTo(new CheckResult.Behind(2, 4));
            for (String since : List.of("0", "7", "7")) {
                assertThat(server.request()).startsWith("GET /.weir/apps?since=" + since + " ");
            }
        }
    }

    @Test
    void afterAnAnswerThatIsNoneItAsksForAll() throws Exception {
        try (ScriptedServer server = gateway("weir-pools 7 all\norders us-e1 3 4\n", "<html>", "weir-pools 8 all\norders us-e1 2 4\n")) {
            Check check = rig.check(server.port(), new CheckSettings.Pools());
            rig.ask(check);

            assertThat(rig.ask(check).failure()).isEqualTo(Failure.MALFORMED);
            assertThat(of(rig.ask(check), "orders").behind()).isEqualTo(new CheckResult.Behind(2, 4));
            for (String since : List.of("0", "7", "0")) {
                assertThat(server.request()).startsWith("GET /.weir/apps?since=" + since + " ");
            }
        }
    }

    @Test
    void oneThatDoesNotTrustUsSaysHow() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")) {
            CheckResult result = rig.ask(server.port(), new CheckSettings.Pools());

            assertThat(result.failure()).isEqualTo(Failure.UNWELL);
            assertThat(result.detail()).isEqualTo("status 404 instead of its pools; do its trusted-gateways name this load balancer?");
        }
    }
}
