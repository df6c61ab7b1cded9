package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegionTest {

    @Test
    void keepsItsZonesWhateverHappensToTheList() {
        var zones = new ArrayList<>(List.of("ca-c1a", "ca-c1b"));
        var region = new Region("ca-c1", "CA", zones, null);
        zones.clear();

        assertThat(region.zones()).containsExactly("ca-c1a", "ca-c1b");
    }

    @Test
    void refusesWhatIsNoRegion() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Region("CA-C1", "CA", List.of("a"), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Region("ca-c1", "Ca", List.of("a"), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Region("ca-c1", "CAN", List.of("a"), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Region("ca-c1", "CA", List.of(), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Region("ca-c1", "CA", List.of("a", "a"), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Region("ca-c1", "CA", List.of("a_b"), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Region("ca-c1", "CA", List.of("a"), "x:80"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Here("ca-c1", ""));
    }
}
