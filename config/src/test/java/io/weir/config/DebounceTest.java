package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DebounceTest {

    private final Debounce debounce = new Debounce(100, 1000);

    @Test
    void waitsUntilItWasQuiet() {
        debounce.note(5000);
        assertThat(debounce.left(5000)).isEqualTo(100);
        debounce.note(5090);

        assertThat(debounce.left(5100)).isEqualTo(90);
        assertThat(debounce.left(5190)).isZero();
    }

    @Test
    void butNotForEver() {
        for (int now = 0; now <= 950; now += 50) {
            debounce.note(now);
            assertThat(debounce.left(now)).isPositive();
        }

        assertThat(debounce.left(950)).isEqualTo(50);
        debounce.note(1000);
        assertThat(debounce.left(1000)).isZero();
    }

    @Test
    void beginsAnewWhenItWasDealtWith() {
        debounce.note(0);
        assertThat(debounce.isPending()).isTrue();
        debounce.clear();
        assertThat(debounce.isPending()).isFalse();
        debounce.note(5000);

        assertThat(debounce.left(5000)).isEqualTo(100);
    }

    @Test
    void aClockMayBeginAnywhere() {
        debounce.note(Long.MAX_VALUE - 20);

        assertThat(debounce.left(Long.MIN_VALUE + 30)).isEqualTo(49);
    }
}
