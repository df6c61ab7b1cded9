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
    @ValueSource(longs = {0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 9_999, 10_000, 10_203, 1_234_567_890_123L, Long.MAX_VALUE, -7, -100, -Long.MAX_VALUE})
    void decimals(long n) {
        assertThat(line.decimal(n)).hasToString(Long.toString(n));
    }

    @Test
    void literalsAndCopiesOfEveryLengthFollowEachOther() {
        byte[] letters = latin1("abcdefghijklmnopqrstuvwxyz".repeat(4));
        StringBuilder wanted = new StringBuilder();
        for (int length = 0; length <= 80; length++) {
            String text = "abcdefghijklmnopqrstuvwxyz".repeat(4).substring(0, length);
            line.literal(Literal.of(text)).byteOf('|').copy(letters, letters.length - length, letters.length).copy(letters, 1, 1 + length);
            wanted.append(text).append('|').append(new String(letters, letters.length - length, length, StandardCharsets.US_ASCII))
                    .append(new String(letters, 1, length, StandardCharsets.US_ASCII));
        }
        assertThat(line).hasToString(wanted.toString());
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

    /** Eight bytes are looked at at once: every byte, at every place. */
    @Test
    void everyByteIsEscapedOrNotWhereverItStands() {
        for (int b = 0; b < 256; b++) {
            boolean plain = b >= 0x20 && b < 0x7f && b != '"' && b != '\\';
            for (int place = 0; place < 20; place++) {
                byte[] text = latin1("abcdefghijklmnopqrst");
                text[place] = (byte) b;
                String escaped = new LineBuffer(8).json(text, 0, text.length).toString();
                String wanted = plain ? String.valueOf((char) b) : "\\u00%02x".formatted(b);
                assertThat(escaped).isEqualTo("abcdefghijklmnopqrst".substring(0, place) + wanted + "abcdefghijklmnopqrst".substring(place + 1));
            }
        }
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
