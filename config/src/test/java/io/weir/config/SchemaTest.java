package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schema for editors: it is the readers', and what the readers take from the docs, it takes too. */
class SchemaTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(ConfigSchema.json());

    @Test
    void theSchemaThatIsCheckedInIsTheReaders() throws IOException {
        assertThat(Files.readString(DOCS.resolve("weir.schema.json")))
                .as("docs/weir.schema.json is old: write it anew with `./weir check --schema > docs/weir.schema.json`")
                .isEqualTo(ConfigSchema.json());
    }

    @Test
    void itIsASchema() {
        Schema ofSchemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema("{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}");

        assertThat(ofSchemas.validate(ConfigSchema.json(), InputFormat.JSON)).isEmpty();
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> all = Files.walk(DOCS.resolve("examples"))) {
            List<Path> examples = all.filter(path -> path.toString().endsWith(".yaml")).sorted().toList();
            assertThat(examples).hasSizeGreaterThan(2);
            return examples;
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itTakesEveryFileOfTheExamples(Path example) throws IOException {
        assertThat(complaints(Files.readString(example))).isEmpty();
    }

    /** A file of a folder may not be whole, so folders are read as folders. */
    static List<Path> wholeExamples() throws IOException {
        try (Stream<Path> all = Files.list(DOCS.resolve("examples"))) {
            return all.filter(path -> Files.isDirectory(path) || path.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("wholeExamples")
    void everyExampleIsRead(Path example) throws Exception {
        assertThat(ConfigReader.read(example, _ -> null).settings().apps()).isNotEmpty();
    }

    static List<String> examplesInPages() throws IOException {
        var examples = new ArrayList<String>();
        for (Path page : List.of(DOCS.resolve("config.md"), Path.of("..", "README.md"))) {
            String[] parts = Files.readString(page).split("(?m)^```", -1);
            for (int i = 1; i < parts.length; i += 2) {
                if (parts[i].startsWith("yaml\n")) {
                    examples.add(parts[i].substring("yaml\n".length()));
                }
            }
        }
        assertThat(examples).hasSizeGreaterThan(1);
        return examples;
    }

    @ParameterizedTest
    @MethodSource("examplesInPages")
    void everyExampleOfThePagesIsTakenAndRead(String example) {
        assertThat(complaints(example)).isEmpty();
        assertThat(Configs.read(example).apps()).isNotEmpty();
    }

    @Test
    void itTakesEveryKeyThatTheReadersTake() {
        assertThat(complaints(SettingsKeysTest.EVERY_KEY)).isEmpty();
    }

    @Test
    void itTakesWhatStandsElsewhereInPlaceOfAnySingleValue() {
        assertThat(complaints(Configs.LEAST + "limits: {connections: \"${CONNECTIONS:-100}\", body: \"${file:body}\"}\nruntime: {transport: \"${T}\"}\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "limits: {conections: 1}",
        "limits: {connections: 0}",
        "limits: {connections: 1000001}",
        "limits: {head: 8KB}",
        "limits: []",
        "runtime: {drain: 30}",
        "runtime: {transport: kqueue}",
        "apps: {Orders: {pools: {ca-c1: {workers: [{address: 'a:1', zone: ca-c1a}]}}}}",
        "apps: {orders: {pools: {ca-c1: {workers: []}}}}",
        "apps: {orders: {}}",
        "apps: {orders: {pools: {ca-c1: {workers: [{address: 'a:1'}]}}}}",
        "apps: {orders: {pools: {ca-c1: {workers: [{address: 'a', zone: ca-c1a}]}}}}",
        "apps: {orders: {pools: {ca-c1: {workers: [{address: 'a:1', zone: ca-c1a}]}}, check: http}}",
        "apps: {orders: {pools: {ca-c1: {workers: [{address: 'a:1', zone: ca-c1a}]}}, check: {http: {}}}}",
        "apps: {orders: {pools: {ca-c1: {workers: [{address: 'a:1', zone: ca-c1a}]}}, check: {http: {path: /, status: [199]}}}}",
        "apps: {orders: {pools: {ca-c1: {workers: [{address: 'a:1', zone: ca-c1a}]}}, panic: 0.5}}",
        "apps: {orders: {pools: {ca-c1: {workers: [{address: 'a:1', zone: ca-c1a}]}}, failover: {failback: off}}}",
        "failover: {}",
        "mappings: {}",
        "tls: {}",
    })
    void itRefusesWhatTheReadersRefuse(String line) {
        assertThat(complaints(Configs.LEAST + line + "\n")).isNotEmpty();
    }

    private static List<String> complaints(String yaml) {
        Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return SCHEMA.validate(JsonText.of(loaded), InputFormat.JSON).stream().map(Object::toString).toList();
    }
}
