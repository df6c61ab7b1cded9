package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Lines with a caret beneath one of their columns. */
class ExcerptsTest {

    @Test
    void theCaretStandsBeneathTheColumn() {
        var excerpts = new Excerpts("one\n  two: three\nfour");

        assertThat(excerpts.at(1, 1)).isEqualTo("    one\n    ^");
        assertThat(excerpts.at(2, 8)).isEqualTo("      two: three\n           ^");
        assertThat(excerpts.at(3, 4)).isEqualTo("    four\n       ^");
        assertThat(excerpts.at(2, 3)).isEqualTo("      two: three\n      ^");
    }

    @Test
    void aSecretOnTheLineIsNotShownAndTheCaretStandsWhereItStood() {
        String line = "admin: { token: \"a-token-of-24-characters\", bind: x }";

        assertThat(new Excerpts(line).at(1, 50)).isEqualTo(
                "    admin: { token: **************************, bind: x }\n" + "    " + " ".repeat(49) + "^");
        assertThat(new Excerpts("token: abcdefgh, x: 1").at(1, 1)).startsWith("    token: ********, x: 1\n");
        assertThat(new Excerpts("{\"token\": 'abc'}").at(1, 1)).startsWith("    {\"token\": *****}\n");
        assertThat(new Excerpts("token: \"${file:token}\"").at(1, 1)).startsWith("    token: \"${file:token}\"\n");
        assertThat(new Excerpts("token: \"unclosed").at(1, 1)).startsWith("    token: *********\n");
    }

    @Test
    void itMayStandBehindTheLastCharacter() {
        assertThat(new Excerpts("a: \"b\n").at(1, 6)).isEqualTo("    a: \"b\n         ^");
    }

    @Test
    void whereThereIsNothingToSeeNothingIsShown() {
        assertThat(new Excerpts("").at(1, 1)).isNull();
        assertThat(new Excerpts("a\n").at(2, 1)).isNull();
        assertThat(new Excerpts("a\n").at(9, 9)).isNull();
    }

    @Test
    void everyKindOfLineEndEndsALine() {
        var excerpts = new Excerpts("a\r\nb\rc\nd");

        assertThat(excerpts.at(1, 1)).isEqualTo("    a\n    ^");
        assertThat(excerpts.at(2, 1)).isEqualTo("    b\n    ^");
        assertThat(excerpts.at(3, 1)).isEqualTo("    c\n    ^");
        assertThat(excerpts.at(4, 1)).isEqualTo("    d\n    ^");
    }

    @Test
    void aTabIsOneColumnWide() {
        assertThat(new Excerpts("\ta:\tb").at(1, 5)).isEqualTo("     a: b\n        ^");
    }

    @Test
    void whatATerminalWouldObeyIsNotShown() {
        assertThat(new Excerpts("a: \u001b[31m𝄞 b").at(1, 11)).isEqualTo("    a: ?[31m𝄞 b\n              ^");
    }

    @Test
    void ofALongLineThePartAroundTheColumnIsShown() {
        String line = "a".repeat(1000) + "X" + "b".repeat(1000);

        assertThat(new Excerpts(line).at(1, 1001)).isEqualTo(
                "    …" + "a".repeat(60) + "X" + "b".repeat(59) + "…\n     " + " ".repeat(60) + "^");
        assertThat(new Excerpts(line).at(1, 1)).isEqualTo("    " + "a".repeat(120) + "…\n    ^");
        assertThat(new Excerpts(line).at(1, 2001)).isEqualTo("    …" + "b".repeat(120) + "\n     " + " ".repeat(119) + "^");
    }
}
