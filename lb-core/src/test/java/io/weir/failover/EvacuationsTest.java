package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.health.AdminState;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EvacuationsTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    private final Worker worker = new Worker("orders", "ca-c1", "ca-c1a", WorkerAddress.parse("127.0.0.1:9001"));
    private final Scope zone = Scope.parse("zone=ca-c1a");
    private final Scope region = Scope.parse("region=ca-c1");

    @Test
    void withoutAnyEverybodyServes() {
        assertThat(Evacuations.NONE.of(worker)).isEqualTo(AdminState.ENABLED);
        assertThat(Evacuations.NONE.nextEnd()).isNull();
    }

    @Test
    void theHardestOfSeveralHolds() {
        Evacuations soft = Evacuations.NONE.with(new Evacuation(zone, NOON, false));
        assertThat(soft.of(worker)).isEqualTo(AdminState.EVACUATED);
        Evacuations both = soft.with(new Evacuation(region, NOON, true));
        assertThat(both.of(worker)).isEqualTo(AdminState.EVACUATED_HARD);
        assertThat(both.without(region).of(worker)).isEqualTo(AdminState.EVACUATED);
        assertThat(both.without(region).without(zone).isEmpty()).isTrue();
    }

    @Test
    void anotherOfTheSameScopeTakesItsPlace() {
        Evacuations twice = Evacuations.NONE.with(new Evacuation(zone, NOON, true)).with(new Evacuation(zone, NOON.plusSeconds(60), false));
        assertThat(twice.all()).containsExactly(new Evacuation(zone, NOON.plusSeconds(60), false));
    }

    @Test
    void eachEndsAtItsDate() {
        Evacuations two = Evacuations.NONE
                .with(new Evacuation(zone, NOON.plusSeconds(60), false))
                .with(new Evacuation(region, NOON.plusSeconds(30), false));
        assertThat(two.nextEnd()).isEqualTo(NOON.plusSeconds(30));
        assertThat(two.at(NOON)).isEqualTo(two);
        assertThat(two.at(NOON.plusSeconds(30)).all()).extracting(Evacuation::scope).containsExactly(zone);
        assertThat(two.at(NOON.plusSeconds(60)).isEmpty()).isTrue();
    }
}
