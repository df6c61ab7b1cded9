package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.StandInTarget;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What other load balancers are told of our pools. */
class OwnPoolsTest {
    private final OwnPools pools = new OwnPools(100);

    private static MemberState member(int weight, Health health, AdminState admin) {
        Worker worker = new Worker("orders", "us-e1", "us-e1a", WorkerAddress.parse("127.0.0.1:9001"));
        return new MemberState(new Member(new StandInTarget("a", "us-e1a", weight), worker), health, admin, MemberState.NOT_WARMING);
    }

    @Test
    void weightsOfThoseWhoServeAndOfThoseWhoMay() {
        pools.put(
                "orders",
                "us-e1",
                List.of(
                        member(1, Health.HEALTHY, AdminState.ENABLED),
                        member(2, Health.PROBATION, AdminState.ENABLED),
                        member(4, Health.UNHEALTHY, AdminState.ENABLED),
                        member(8, Health.UNPROVEN, AdminState.ENABLED),
                        member(16, Health.HEALTHY, AdminState.DRAINING),
                        member(32, Health.HEALTHY, AdminState.EVACUATED)));

        assertThat(pools.since(0)).isEqualTo("weir-pools 101 all\norders us-e1 3 7\n");
    }

    @Test
    void whoKnowsThemIsToldWhatHasChanged() {
        pools.put("orders", "us-e1", List.of(member(1, Health.HEALTHY, AdminState.ENABLED)));
        pools.put("stock", "us-e1", List.of(member(1, Health.HEALTHY, AdminState.ENABLED)));
        assertThat(pools.since(102)).isEqualTo("weir-pools 102 changes\n");

        pools.put("orders", "us-e1", List.of(member(1, Health.UNHEALTHY, AdminState.ENABLED)));
        pools.put("stock", "us-e1", List.of(member(1, Health.HEALTHY, AdminState.ENABLED)));
        assertThat(pools.since(102)).isEqualTo("weir-pools 103 changes\norders us-e1 0 1\n");
        assertThat(pools.since(103)).isEqualTo("weir-pools 103 changes\n");
    }

    @Test
    void whoKnowsThoseOfAnotherProcessIsToldAll() {
        pools.put("orders", "us-e1", List.of(member(1, Health.HEALTHY, AdminState.ENABLED)));

        assertThat(pools.since(99)).startsWith("weir-pools 101 all\n");
        assertThat(pools.since(102)).startsWith("weir-pools 101 all\n");
    }
}
