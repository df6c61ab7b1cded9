package io.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanConditionTest {
    @ParameterizedTest
    @CsvSource({"closes>0, 1, 0", "closes > 12, 13, 12", "removed-workers>20%, 0.201, 0.2", "rerouted>0%, 0.0001, 0", "rerouted>2.5%, 0.026, 0.025"})
    void holdsAboveItsNumberAlone(String text, double above, double at) {
        PlanCondition condition = PlanCondition.parse(text);

        assertThat(condition.holds(above)).isTrue();
        assertThat(condition.holds(at)).isFalse();
        assertThat(condition).hasToString(text.replace(" ", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "closes", "closes>", "closes>1%", "closes>0.5", "rerouted>1", "errors>1%", "closes>=1", "closes>-1", "CLOSES>1"})
    void othersAreRefusedWithTheRightOnes(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlanCondition.parse(text))
                .withMessage("\"" + text + "\" is no condition; write closes>0, removed-workers>20% or rerouted>1%");
    }

    @Test
    void severalInALine() {
        assertThat(PlanCondition.text(PlanCondition.parseAll("closes>0,rerouted>1%"))).isEqualTo("closes>0,rerouted>1%");
    }
}
