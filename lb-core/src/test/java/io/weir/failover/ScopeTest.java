package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {
    private final Worker orders = new Worker("orders", "ca-c1", "ca-c1a", WorkerAddress.parse("127.0.0.1:9001"));
    private final Worker billing = new Worker("billing", "ca-c1", "ca-c1b", WorkerAddress.parse("127.0.0.1:9001"));
    private final Worker far = new Worker("orders", "us-e1", "us-e1a", WorkerAddress.parse("[::1]:9001"));

    @Test
    void aZoneIsItsWorkersOfEveryApp() {
        assertCovers("zone=ca-c1a", orders);
        assertCovers("zone=ca-c1", new Worker[0]);
    }

    @Test
    void aRegionIsAllOfItsZones() {
        assertCovers("region=ca-c1", orders, billing);
    }

    @Test
    void aPoolIsOneAppsInOneRegion() {
        assertCovers("pool=orders/ca-c1", orders);
        assertCovers("pool=orders/us-e1", far);
    }

    @Test
    void aWorkerIsAllThatServeAtItsAddress() {
        assertCovers("worker=127.0.0.1:9001", orders, billing);
        assertCovers("worker=[::1]:9001", far);
    }

    private void assertCovers(String scope, Worker... wanted) {
        assertThat(new Worker[] {orders, billing, far}).filteredOn(Scope.parse(scope)::covers).containsExactly(wanted);
        assertThat(Scope.parse(scope).toString()).isEqualTo(scope);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zone", "zone=", "=ca-c1a", "Zone=ca-c1a", "rack=7", "ca-c1a"})
    void whatIsNoneIsToldWithWhatToWrite(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Scope.parse(text)).withMessageContaining("\"" + text + "\"").withMessageContaining("zone=NAME");
    }
}
