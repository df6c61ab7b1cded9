package io.weir.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HealthTest {

    @Test
    void onlyWorkersThatAreWellOrRecoveringAreAvailable() {
        assertThat(Arrays.stream(Health.values()).filter(Health::available))
                .containsExactly(Health.HEALTHY, Health.PROBATION);
    }
}
