package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {

    @Test
    void whatIsShortStandsInOneLine() {
        assertThat(JsonText.of(Map.of("a", Arrays.asList(1, true, null, "x")))).isEqualTo("{\"a\": [1, true, null, \"x\"]}");
        assertThat(JsonText.of(List.of())).isEqualTo("[]");
    }

    @Test
    void theRestIsIndented() {
        String longer = "x".repeat(90);

        assertThat(JsonText.of(Map.of("a", List.of(longer, Map.of("b", 1)))))
                .isEqualTo("{\n  \"a\": [\n    \"" + longer + "\",\n    {\"b\": 1}\n  ]\n}");
    }

    @Test
    void whatCannotStandInAStringIsEscaped() {
        assertThat(JsonText.of("\"\\\n\u001b\u007fé𝄞")).isEqualTo("\"\\\"\\\\\\u000a\\u001b\\u007fé\\ud834\\udd1e\"");
    }
}
