package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.UpstreamSettings;
import io.weir.topology.Worker;
import io.weir.upstream.LoopbackWorker.Accepted;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What one app may ask of a load balancer that it shares with others. */
final class GatewayTargetTest extends LoopbackFixture {
    private final LoopConnector connector = new LoopConnector(0);

    private GatewayTarget app(String name, int connections, int queue) {
        UpstreamSettings its = new UpstreamSettings(connections, queue, 100, Duration.ofMinutes(1));
        Endpoint shared = endpoint(GatewayTarget.SHARED);
        return new GatewayTarget(shared, new Worker(name, "us-e1", "us-e1", shared.address()), its, "lb-1", null, null);
    }

    private Attempt attempt(GatewayTarget target) {
        Attempt attempt = Attempt.get(loop);
        Attempt.on(loop, () -> {
            target.begin();
            WorkerSide side = connector.connect(target, attempt, CONNECT, Need.REQUEST, false);
            if (side != null) {
                attempt.connected(side);
            }
        });
        return attempt;
    }

    @Test
    void aBusyAppLeavesTheOthersTheirs() {
        GatewayTarget busy = app("busy", 2, 1);
        GatewayTarget calm = app("calm", 2, 1);
        for (int i = 0; i < 3; i++) {
            attempt(busy);
            worker.next();
        }

        assertThat(attempt(busy).outcome()).isEqualTo("|QUEUE_FULL");
        busy.finish();
        Attempt other = attempt(calm);
        Accepted connection = worker.next();
        connection.head();
        connection.send(OK);
        assertThat(other.outcome()).isEqualTo("200 ok|end");
        assertThat(attempt(busy).outcome()).as("still").isEqualTo("|QUEUE_FULL");
        busy.finish();
    }

    @Test
    void whatHasEndedMakesRoom() {
        GatewayTarget app = app("orders", 1, 0);
        Attempt first = attempt(app);
        Accepted connection = worker.next();
        assertThat(attempt(app).outcome()).isEqualTo("|QUEUE_FULL");
        app.finish();
        connection.head();
        connection.send(OK);
        assertThat(first.outcome()).isEqualTo("200 ok|end");
        app.finish();

        Attempt next = attempt(app);
        connection.head();
        connection.send(OK);
        assertThat(next.outcome()).isEqualTo("200 ok|end");
    }

    @Test
    void appsUseEachOthersConnections() {
        Attempt first = attempt(app("orders", 10, 0));
        Accepted connection = worker.next();
        connection.head();
        connection.send(OK);
        first.outcome();

        Attempt second = attempt(app("stock", 20, 5));
        assertThat(second.side().isReused()).isTrue();
        connection.head();
        connection.send(OK);
        assertThat(second.outcome()).isEqualTo("200 ok|end");
    }
}
