package io.weir.health;

import static io.weir.health.Samples.EJECTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.EjectionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EjectionTest {
    private final Ejection ejection = new Ejection();

    @Test
    void eachIsLongerByTheFirst() {
        assertThat(next(EJECTION)).isEqualTo(Duration.ofSeconds(10));
        assertThat(next(EJECTION)).isEqualTo(Duration.ofSeconds(20));
        assertThat(next(EJECTION)).isEqualTo(Duration.ofSeconds(30));
        assertThat(ejection.times()).isEqualTo(3);
    }

    @Test
    void noneIsLongerThanFiveMinutesUnlessTheFirstIs() {
        for (int i = 0; i < 100; i++) {
            next(EJECTION);
        }
        assertThat(next(EJECTION)).isEqualTo(Duration.ofMinutes(5));
        assertThat(next(new EjectionSettings(5, 0.5, Duration.ofMinutes(20), false))).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void timeThatItWasWellMakesTheNextShorter() {
        next(EJECTION);
        next(EJECTION);
        next(EJECTION);
        ejection.wasWell(EJECTION, Duration.ofSeconds(99).toNanos());
        assertThat(next(EJECTION)).isEqualTo(Duration.ofSeconds(40));
        ejection.wasWell(EJECTION, Duration.ofSeconds(200).toNanos());
        assertThat(next(EJECTION)).isEqualTo(Duration.ofSeconds(30));
        ejection.wasWell(EJECTION, Duration.ofDays(1).toNanos());
        assertThat(next(EJECTION)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void whatIsForgottenAfterALongRowIsNoMoreThanTheLongestTimeHolds() {
        for (int i = 0; i < 1000; i++) {
            next(EJECTION);
        }
        ejection.wasWell(EJECTION, Duration.ofMinutes(50).toNanos());
        assertThat(next(EJECTION)).isEqualTo(Duration.ofSeconds(10));
    }

    private Duration next(EjectionSettings settings) {
        ejection.begin(settings, 5);
        return Duration.ofNanos(ejection.until() - 5);
    }
}
