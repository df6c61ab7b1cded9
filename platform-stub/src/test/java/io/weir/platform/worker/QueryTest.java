package io.weir.platform.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryTest {
    @Test
    void aPerCentSignThatBeginsNoEscapeStandsForItself() {
        assertThat(Query.of("/behave?errors=20%&delay=1s").parameters()).isEqualTo(Map.of("errors", "20%", "delay", "1s"));
        assertThat(Query.of("/?a=%&b=%4&c=%zz").parameters()).isEqualTo(Map.of("a", "%", "b", "%4", "c", "%zz"));
    }

    @Test
    void escapesAreDecoded() {
        assertThat(Query.of("/?errors=20%25&name=%C3%A9").parameters()).isEqualTo(Map.of("errors", "20%", "name", "é"));
    }

    @Test
    void theLastOfAName() {
        assertThat(Query.of("/?a=1&a=2").value("a")).isEqualTo("2");
    }

    @Test
    void emptyPartsAreNoParameters() {
        assertThat(Query.of("/").parameters()).isEmpty();
        assertThat(Query.of("/?").parameters()).isEmpty();
        assertThat(Query.of("/?&=1&a&b=").parameters()).isEqualTo(Map.of("a", "", "b", ""));
    }

    @Test
    void thePathIsWhatStandsBefore() {
        assertThat(Query.pathOf("/a/b?c=/d?e")).isEqualTo("/a/b");
        assertThat(Query.pathOf("*")).isEqualTo("*");
    }
}
