package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorConditionTest {
    @ParameterizedTest
    @CsvSource({"errors>1%, 0.01", "errors > 0.5 %, 0.005", "errors>0%, 0", "errors>12.125%, 0.12125", "errors>10%, 0.1"})
    void isReadAndWritten(String text, double share) {
        assertThat(ErrorCondition.parse(text).share()).isEqualTo(share);
        assertThat(ErrorCondition.parse(ErrorCondition.parse(text).toString())).isEqualTo(ErrorCondition.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "errors", "errors>1", "errors<1%", "latency>1%", "errors>100%", "errors>-1%", "errors>1.2345%"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> ErrorCondition.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("write errors>1%");
    }

    @Test
    void holdsAboveItsShareOfEnoughAttempts() {
        ErrorCondition condition = ErrorCondition.parse("errors>2%");

        assertThat(condition.holds(100, 2)).isFalse();
        assertThat(condition.holds(100, 3)).isTrue();
        assertThat(condition.holds(50, 50)).isTrue();
        assertThat(condition.holds(49, 49)).as("too few").isFalse();
    }
}
