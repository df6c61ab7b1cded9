package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that stand in the environment or in a file of their own. Lines count from the end of {@link Configs#LEAST}, which has six. */
class ExpansionTest {

    private static final String SECRET = "s3cr3t-Value";

    private final Map<String, String> environment =
            Map.of("HOST", "Api.Example.Com", "PORT", "9901", "EMPTY", "", "NESTED", "${PORT}", "SECRET", SECRET);

    private Path folder = Path.of("");
    private Path file = Path.of("weir.yaml");

    @BeforeEach
    void setUp(@TempDir Path folder) throws IOException {
        this.folder = folder;
        file = folder.resolve("weir.yaml");
        Files.writeString(folder.resolve("secret"), SECRET + "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "${PORT}              | 9901",
        "${UNSET:-8081}       | 8081",
        "${EMPTY:-8081}       | 8081",
        "${PORT:-8081}        | 9901",
        "99${UNSET:-0}${UNSET:-1} | 9901",
        "${file:port}         | 7001",
        "${file:port.windows} | 7002",
    })
    void aReferenceIsWhatItStandsFor(String port, int expected) throws Exception {
        Files.writeString(folder.resolve("port"), "7001\n");
        Files.writeString(folder.resolve("port.windows"), "7002\r\n");

        Settings settings = read("admin: {bind: \"127.0.0.1:" + port + "\"}\n");

        assertThat(settings.admin()).extracting(admin -> Objects.requireNonNull(admin.bind()).port()).isEqualTo(expected);
    }

    @Test
    void singleQuotesAndPlainValuesAreExpandedToo() throws Exception {
        Settings settings = read(Configs.ORDERS + "mappings:\n  - host: ${HOST}\n    app: '${UNSET:-orders}'\n");

        assertThat(settings.mappings()).containsExactly(MappingSettings.toApp("api.example.com", "/", "orders"));
    }

    @Test
    void aFileOfAnAbsolutePathIsRead() throws Exception {
        Files.writeString(folder.resolve("port"), "7001");

        assertThat(read("admin: {bind: \":${file:" + folder.resolve("port") + "}\"}\n").admin()).isNotNull();
    }

    @Test
    void oneLineEndOfAFileIsCutAndNoMore() throws IOException {
        Files.writeString(folder.resolve("port"), "7001\n\n");

        assertRefused("admin: {bind: \":${file:port}\"}\n", "7:15: admin.bind: cannot be what :${file:port} stands for; which is not shown, since it may be a secret");
    }

    @Test
    void twoDollarsAreOneThatMeansNothing() {
        assertThat(expanded("$${PORT} $$ $ $x {} $$${PORT}")).isEqualTo("${PORT} $$ $ $x {} $${PORT}");
        assertThat(expanded("$${PORT}${PORT}")).isEqualTo("${PORT}9901");
    }

    @Test
    void whatWasPutInIsNotExpandedAgain() {
        assertThat(expanded("${NESTED}")).isEqualTo("${PORT}");
    }

    @Test
    void whatIsMissingIsReportedWithItsPlaceAndARemedy() {
        assertRefused(
                """
                admin: {bind: "${UNSET}"}
                limits: {head: "${file:no/such}", body: "${file:}"}
                """,
                "7:15: admin.bind: the environment has no UNSET; set it, or give a default: ${UNSET:-…}",
                "8:16: limits.head: there is no file no/such; it was looked for at " + folder.resolve("no/such"),
                "8:41: limits.body: the file  is no file of at most 64KiB; name one that holds the value and nothing else");
    }

    @Test
    void aFileThatHoldsNoValueIsReported() throws IOException {
        Files.write(folder.resolve("large"), new byte[(64 << 10) + 1]);
        Files.write(folder.resolve("latin"), new byte[] {(byte) 0xfc});

        assertRefused(
                "limits:\n  head: ${file:large}\n  body: ${file:latin}\n",
                "8:9: limits.head: the file large is no file of at most 64KiB; name one that holds the value and nothing else",
                "9:9: limits.body: the file latin is not UTF-8");
    }

    @Test
    void whatIsNoReferenceIsReportedWithTheForms() {
        String forms = "; write ${NAME}, ${NAME:-default} or ${file:path}, or $${ for the characters ${";
        assertRefused(
                """
                limits:
                  head: ${PORT
                  body: ${1ST}
                  fields: ${A:-${PORT}}
                  connections: ${PORT:+1}
                "${PORT}": 1
                """,
                "8:9: limits.head: ${ is not closed" + forms,
                "9:9: limits.body: ${…} cannot hold \"1ST\"" + forms,
                "10:11: limits.fields: one ${…} cannot stand inside another; give the inner one a variable or a file of its own",
                "11:16: limits.connections: ${…} cannot hold \"PORT:+1\"" + forms,
                "12:1: ${PORT}: ${…} cannot stand in a key; write the key itself; values alone are expanded");
    }

    @Test
    void aSecretIsNeverInAMessageNorInAnExcerpt() {
        ConfigProblemsException refused = assertRefused(
                """
                domains: [a.example]
                here: {region: "${SECRET}", zone: "${file:secret}"}
                regions: {ca-c1: {jurisdiction: "${SECRET}", zones: ["${file:secret}"]}}
                listeners: [{bind: "${file:secret}", plain-http: "${SECRET}", timeouts: {head: "9${SECRET}"}}]
                limits: {connections: "${SECRET}", head: "1${SECRET}", fields: "${N:-5}"}
                apps: {a: {pools: {ca-c1: {workers: [{address: "${SECRET}", zone: "${SECRET}"}]}}}}
                mappings: [{host: "${SECRET}!", path: "${SECRET}", app: "${SECRET}"}]
                """,
                "");
        String said = refused.getMessage();
        StringBuilder shown = new StringBuilder();
        refused.problems().forEach(problem -> shown.append(refused.excerpt(problem)));

        assertThat(refused.problems()).hasSizeGreaterThan(12);
        assertThat(said).doesNotContainIgnoringCase("s3cr3t").doesNotContain("-Value");
        assertThat(shown.toString()).doesNotContainIgnoringCase("s3cr3t").contains("${SECRET}");
        assertThat(said).contains("limits.fields: must be between 10 and 10000, and what ${N:-5} stands for is not");
    }

    @Test
    void messagesAboutOtherValuesDoNotShowItEither() throws IOException {
        Files.writeString(folder.resolve("port"), "127.0.0.1:8080");
        Files.writeString(folder.resolve("zone"), "hidden-zone");
        Map<String, String> hidden = Map.of("BIND", "127.0.0.1:8443", "APP", "hidden-app.example");
        Files.writeString(file, """
                domains: [cloudhub.example]
                here: {region: ca-c1, zone: hiden-zone}
                regions: {ca-c1: {jurisdiction: CA, zones: ["${file:zone}"]}, us-e1: {jurisdiction: US, zones: [us-e1a]}}
                listeners: [{bind: "${file:port}"}, {bind: "${BIND}"}, {bind: ":8080"}, {bind: ":8443"}]
                apps: {a: {pools: {ca-c1: {workers: [{address: "a:1", zone: us-e1a}]}}}}
                mappings: [{host: "${APP}", app: a}, {host: "${APP}", app: a}]
                """);

        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read(file, hidden::get))
                .withMessage(String.join("\n",
                        file + ":2:29: here.zone: region ca-c1 has no zone hiden-zone",
                        file + ":4:63: listeners[2].bind: :8080 cannot be bound beside ${file:port}; the other is in line 4",
                        file + ":4:80: listeners[3].bind: :8443 cannot be bound beside ${BIND}; the other is in line 4",
                        file + ":5:61: apps.a.pools.ca-c1.workers[0].zone: us-e1a is a zone of us-e1, not of ca-c1",
                        file + ":6:38: mappings[1]: never matches; the mapping in line 6 takes all that it could; put this one before it"));
    }

    @Test
    void withinBracketsAReferenceWantsQuotes() {
        assertRefused("runtime: {drain: ${DRAIN}}\n", "7:19: within […] and {…}, ${…} must stand in quotes; write \"${…}\"");
        assertRefused("domains: [${D}]\n", "7:12: within […] and {…}, ${…} must stand in quotes; write \"${…}\"");
    }

    private @Nullable String expanded(String text) {
        var session = new Value.Session("weir.yaml", true, new Problems(), new Nearest(), new Expansion(folder, environment::get));
        return new Value(new Yaml.Scalar(text, true, 1, 1), KeyPath.ROOT, session).text();
    }

    private Settings read(String text) throws Exception {
        Files.writeString(file, Configs.LEAST + text);
        return ConfigReader.read(file, environment::get).settings();
    }

    private ConfigProblemsException assertRefused(String text, String... problems) {
        boolean whole = text.startsWith("domains");
        try {
            Files.writeString(file, whole ? text : Configs.LEAST + text);
            ConfigReader.read(file, environment::get);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (ConfigProblemsException e) {
            if (!whole) {
                assertThat(e.problems())
                        .extracting(problem -> problem.toString().substring(file.toString().length() + 1))
                        .containsExactly(problems);
            }
            return e;
        }
        throw new AssertionError("it was read");
    }
}
