package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.health.CheckResult.Behind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a load balancer's word about its pools. */
class GatewayPoolsTest {

    @Test
    void anAnswerIsWholeOrWhatHasChanged() {
        GatewayPools first = GatewayPools.NONE.updated("weir-pools 7 all\norders us-e1 3 4\nstock us-e1 1 1\n");
        GatewayPools second = first.updated("weir-pools 9 changes\norders us-e1 0 4\n");
        GatewayPools third = second.updated("weir-pools 3 all\nstock us-e1 1 1\n");

        assertThat(first.revision()).isEqualTo(7);
        assertThat(first.of("orders", "us-e1").behind()).isEqualTo(new Behind(3, 4));
        assertThat(first.of("orders", "us-e1").passed()).isTrue();
        assertThat(second.revision()).isEqualTo(9);
        assertThat(second.of("orders", "us-e1").behind()).isEqualTo(new Behind(0, 4));
        assertThat(second.of("orders", "us-e1").detail()).isEqualTo("no worker of orders in us-e1 is well");
        assertThat(second.of("orders", "us-e1").passed()).isFalse();
        assertThat(second.of("stock", "us-e1").behind()).isEqualTo(new Behind(1, 1));
        assertThat(third.of("orders", "us-e1").detail()).isEqualTo("has no pool of orders in us-e1");
        assertThat(third.of("stock", "ca-c1").passed()).isFalse();
    }

    @Test
    void theLastLineAboutAPoolCounts() {
        GatewayPools pools = GatewayPools.NONE.updated("weir-pools 7 all\norders us-e1 3 4\norders us-e1 2 4\n");

        assertThat(pools.of("orders", "us-e1").behind()).isEqualTo(new Behind(2, 4));
        assertThat(pools.count()).isOne();
    }

    @Test
    void whileItDrainsNothingElseCounts() {
        GatewayPools known = GatewayPools.NONE.updated("weir-pools 7 all\norders us-e1 3 4\n");
        GatewayPools draining = known.updated("weir-pools 8 draining\n");

        assertThat(draining.draining()).isTrue();
        assertThat(draining.revision()).as("what has changed meanwhile was not told").isEqualTo(7);
        assertThat(draining.updated("weir-pools 8 changes\n").draining()).isFalse();
    }

    @Test
    void whereNothingHasChangedNothingIsMadeAnew() {
        GatewayPools known = GatewayPools.NONE.updated("weir-pools 7 all\norders us-e1 3 4\n");

        assertThat(known.updated("weir-pools 7 changes\n").of("orders", "us-e1")).isSameAs(known.of("orders", "us-e1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "weir-pools 7", "weir-pools x all\n", "weir-pools 7 some\n", "<html>", "weir-pools 7 all\norders us-e1 3\n", "weir-pools 7 all\norders us-e1 a b\n"})
    void anythingElseIsNone(String answer) {
        assertThatIllegalArgumentException().isThrownBy(() -> GatewayPools.NONE.updated(answer));
    }
}
