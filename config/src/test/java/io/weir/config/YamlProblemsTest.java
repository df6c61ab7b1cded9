package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.assertProblems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are no YAML, or more of it than a config may use. */
class YamlProblemsTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# a comment\n", "---\n", "---\n...\n", "~\n"})
    void anEmptyFileIsSaidToBeEmpty(String text) {
        assertProblems(text, "1:1: the file is empty; domains, here, regions and listeners are needed");
    }

    @Test
    void syntaxIsReportedAtItsPlace() {
        assertProblems("domains: [a\nhere: b: c\n", "2:5: is not YAML: while parsing a flow sequence, expected ',' or ']', but got :");
        assertProblems("a: b: c\n", "1:5: is not YAML: mapping values are not allowed here");
        assertProblems("a: \"b\n", "2:1: is not YAML: while scanning a quoted scalar, found unexpected end of stream");
    }

    @Test
    void aTabIsCalledATab() {
        assertProblems("a:\n\tb: 1\n", "2:1: a tab cannot stand here; indent with spaces");
    }

    @Test
    void aCharacterThatYamlForbidsIsNamed() {
        assertProblems("a: b\nc: 𝄞\u0007\n", "2:5: the character U+0007 is not allowed");
    }

    @Test
    void aSecondDocumentIsRefused() {
        assertProblems(LEAST + "---\n" + LEAST, "7:1: a second document begins here; remove the line with ---");
    }

    @Test
    void tagsAreRefused() {
        assertProblems("a: !!str b\n", "1:4: a tag (\"!\") is not allowed here; remove it; every key knows its type");
        assertProblems("!x {}\n", "1:1: a tag (\"!\") is not allowed here; remove it; every key knows its type");
    }

    @Test
    void anAliasNeedsItsAnchorBeforeIt() {
        assertProblems("a: *b\nb: &b 1\n", "1:4: nothing before this place is named &b");
        assertProblems("a: &a [*a]\n", "1:8: an alias cannot stand inside the value that it names");
    }

    @Test
    void aliasesDoNotMultiplyWithoutEnd() {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            text.append(("a" + i + ": &a" + i + " [") + ("*a" + (i - 1) + ", ").repeat(10) + "]\n");
        }

        assertProblems(text.toString(), "6:45: aliases make the config too large; write less of it as aliases of lists and mappings");
    }

    @Test
    void manyAliasesOfAFewSettingsAreFine() {
        var text = new StringBuilder(LEAST + "apps:\n  a: &app {pools: {ca-c1: {workers: [{address: a:1, zone: ca-c1a}]}}}\n");
        for (int i = 0; i < 10_000; i++) {
            text.append("  a").append(i).append(": *app\n");
        }

        assertThat(Configs.read(text.toString()).apps()).hasSize(10_001);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? "})
    void nestingEndsSomewhere(String level) {
        assertProblems(level.repeat(100_000), "1:" + (64 * level.length() + 1) + ": is nested deeper than 64 levels");
    }

    @Test
    void aByteOrderMarkMeansNothing() {
        assertThat(Configs.read("\uFEFF" + LEAST)).isEqualTo(Configs.read(LEAST));
    }

    @Test
    void linesMayEndAsTheyDoOnWindows() {
        assertThat(Configs.read(LEAST.replace("\n", "\r\n"))).isEqualTo(Configs.read(LEAST));
        assertProblems(LEAST.replace("\n", "\r\n") + "x: 1\r\n",
                "7:1: x: unknown key; known here: domains, regions, here, listeners, admin, apps, mappings, trusted-proxies, forwarded, via, trusted-gateways, instance, access-log, metrics, runtime, limits, reload");
    }
}
