package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
        assertThat(first.of("orders", "us-e1")).isEqualTo(new GatewayPools.Pool(3, 4));
        assertThat(second.revision()).isEqualTo(9);
        assertThat(second.of("orders", "us-e1")).isEqualTo(new GatewayPools.Pool(0, 4));
        assertThat(second.of("stock", "us-e1")).isEqualTo(new GatewayPools.Pool(1, 1));
        assertThat(third.of("orders", "us-e1")).isNull();
        assertThat(third.of("stock", "ca-c1")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "weir-pools 7", "weir-pools x all\n", "weir-pools 7 some\n", "<html>", "weir-pools 7 all\norders us-e1 3\n", "weir-pools 7 all\norders us-e1 a b\n"})
    void anythingElseIsNone(String answer) {
        assertThatIllegalArgumentException().isThrownBy(() -> GatewayPools.NONE.updated(answer));
    }
}
