package io.weir.telemetry.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineBufferTest {
    private final LineBuffer line = new LineBuffer(8);

    private static byte[] latin1(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 1234567890123L, Long.MAX_VALUE, -7})
    void decimals(long n) {
        assertThat(line.decimal(n)).hasToString(Long.toString(n));
    }

    @Test
    void digitsHaveZerosInFront() {
        assertThat(line.digits(7, 3).digits(0, 2).digits(123, 3)).hasToString("00700123");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "a b/c?d=e&f   | a b/c?d=e&f      | a b/c?d=e&f",
        "\"quoted\"    | \\u0022quoted\\u0022 | \\x22quoted\\x22",
        "back\\slash   | back\\u005cslash | back\\x5cslash",
        "caf\u00e9     | caf\\u00e9       | caf\\xe9",
        "!\u0001\u007f! | !\\u0001\\u007f! | !\\x01\\x7f!",
    })
    void whatMayMeanSomethingToAReaderIsEscaped(String text, String json, String plain) {
        byte[] b = latin1(text);
        assertThat(new LineBuffer(8).json(b, 0, b.length)).hasToString(json);
        assertThat(new LineBuffer(8).plain(b, 0, b.length)).hasToString(plain);
    }

    @Test
    void endsOfLinesNeverGetIntoALine() {
        byte[] b = latin1("a\r\n{\"forged\":1}");
        assertThat(line.json(b, 0, b.length).toString()).doesNotContain("\n", "\r").startsWith("a\\u000d\\u000a{");
    }

    @Test
    void aLongValueIsCutShort() {
        byte[] b = latin1("x".repeat(LineBuffer.LONGEST_VALUE + 1));
        assertThat(line.json(b, 0, b.length)).hasToString("x".repeat(LineBuffer.LONGEST_VALUE) + "...");
        assertThat(new LineBuffer(8).json(b, 0, b.length - 1)).hasToString("x".repeat(LineBuffer.LONGEST_VALUE));
    }

    @Test
    void itGrowsAndShrinksAgain() {
        line.ascii("y".repeat(1000));
        assertThat(line.length()).isEqualTo(1000);
        line.clear();
        assertThat(line.bytes()).hasSize(8);
        assertThat(line.ascii("z")).hasToString("z");
    }
}
