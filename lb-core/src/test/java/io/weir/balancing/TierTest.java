package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TierTest {
    private final StandInTarget none = new StandInTarget("none", "a", 0);
    private final StandInTarget some = new StandInTarget("some", "a", 1);

    @Test
    void itTakesTrafficIfOneOfItsTargetsDoes() {
        assertThat(new Tier("ca-c1", List.of(none, some)).takesTraffic()).isTrue();
        assertThat(new Tier("ca-c1", List.of(none, none)).takesTraffic()).isFalse();
        assertThat(new Tier("ca-c1", List.of()).takesTraffic()).isFalse();
    }

    @Test
    void itFindsTheTargetWhoseMarkARequestCarries() {
        Tier tier = new Tier("ca-c1", List.of(none, some));
        Affinity affinity = new Affinity("orders");
        assertThat(tier.marked(new Draw().begin(0, 0).backTo(affinity, affinity.mark(some)))).isSameAs(some);
        assertThat(tier.marked(new Draw().begin(0, 0).backTo(affinity, 1))).isNull();
        assertThat(tier.marked(new Draw().begin(0, 0))).isNull();
        Draw ofAnotherApp = new Draw().begin(0, 0).backTo(affinity, new Affinity("billing").mark(some));
        assertThat(tier.marked(ofAnotherApp)).isNull();
    }
}
