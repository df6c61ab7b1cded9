package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of files as one config. */
class ConfigFolderTest {

    private static final String STOCK = Configs.ORDERS.replace("orders", "stock");

    private Path folder = Path.of("");

    @BeforeEach
    void setUp(@TempDir Path folder) throws IOException {
        this.folder = folder;
        write("10-base.yaml", Configs.LEAST);
    }

    @Test
    void appsAndRegionsAreUnitedAndListsAppendedInTheOrderOfTheNames() throws Exception {
        write("30-last.yaml", STOCK + """
                mappings: [{host: c.example, app: stock}]
                trusted-proxies: ["::1"]
                domains: [last.example]
                listeners: [{bind: ":8082"}]
                """);
        write("20-middle.yml", Configs.ORDERS + """
                mappings: [{host: a.example, app: stock}, {host: b.example, app: orders}]
                regions: {eu-w1: {jurisdiction: EU, zones: [eu-w1a]}}
                trusted-proxies: [10.0.0.0/8]
                listeners: [{bind: ":8081"}]
                """);

        Settings settings = ConfigReader.read(folder).settings();

        assertThat(settings.apps().keySet()).containsExactly("orders", "stock");
        assertThat(settings.regions().keySet()).containsExactly("ca-c1", "us-e1", "eu-w1");
        assertThat(settings.domains()).containsExactly("cloudhub.example", "last.example");
        assertThat(settings.mappings()).extracting(MappingSettings::host).containsExactly("a.example", "b.example", "c.example");
        assertThat(settings.listeners()).extracting(listener -> listener.bind().port()).containsExactly(8080, 8081, 8082);
        assertThat(settings.forwarding().trustedProxies()).hasToString("[10.0.0.0/8, ::1]");
    }

    @Test
    void hiddenFilesOtherFilesFoldersAndEmptyFilesArePassedOver() throws Exception {
        write(".hidden.yaml", "x: 1\n");
        write("README.md", "x: 1\n");
        write("20-empty.yaml", "# not yet\n");
        Files.createDirectory(folder.resolve("sub.yaml"));

        assertThat(ConfigReader.read(folder).settings()).isEqualTo(Configs.read(Configs.LEAST));
    }

    @Test
    void aFileOfAnotherNameIsReadWhenItIsNamedItself() throws Exception {
        write("weir.conf", Configs.LEAST);

        assertThat(ConfigReader.read(folder.resolve("weir.conf")).settings()).isEqualTo(Configs.read(Configs.LEAST));
    }

    @Test
    void oneNameInTwoFilesIsReportedWithBothPlaces() throws IOException {
        write("20-orders.yaml", Configs.ORDERS);
        write("30-again.yaml", Configs.ORDERS + "regions: {ca-c1: {jurisdiction: CA, zones: [x]}}\n");

        assertRefused(
                "30-again.yaml:2:3: apps.orders: is given twice; the first is in " + folder.resolve("20-orders.yaml") + ":2",
                "30-again.yaml:5:11: regions.ca-c1: is given twice; the first is in " + folder.resolve("10-base.yaml") + ":4");
    }

    @Test
    void anyOtherKeyStandsInOneFile() throws IOException {
        write("20-a.yaml", "limits: {fields: 20}\nruntime: {}\n");
        write("30-b.yaml", "here: {region: us-e1, zone: us-e1a}\nlimits: {head: 4KiB}\n");

        assertRefused(
                "30-b.yaml:1:1: here: is given twice; the first is in " + folder.resolve("10-base.yaml") + ":2",
                "30-b.yaml:2:1: limits: is given twice; the first is in " + folder.resolve("20-a.yaml") + ":1");
    }

    @Test
    void aKeyTwiceInOneFileIsAProblemOfThatFile() throws IOException {
        write("20-a.yaml", "mappings: []\nmappings: []\n");

        assertRefused("20-a.yaml:2:1: mappings: is given twice; the first is in " + folder.resolve("20-a.yaml") + ":1");
    }

    @Test
    void problemsNameTheFileTheyAreInAndWhatTheyAreAboutInOthers() throws IOException {
        write("20-a.yaml", Configs.ORDERS + "mappings:\n  - {app: orders}\n  - {host: a.example, app: ordres}\n");
        write("30-b.yaml", "mappings: [{host: c.example, app: orders}]\nlisteners: [{bind: \"127.0.0.1:8080\"}]\nx: 1\n");

        assertRefused(
                "20-a.yaml:7:5: mappings[1]: never matches; the mapping in " + folder.resolve("20-a.yaml") + ":6 takes all that it could; put this one before it",
                "20-a.yaml:7:28: mappings[1].app: there is no app ordres; did you mean orders?",
                "30-b.yaml:1:12: mappings[0]: never matches; the mapping in " + folder.resolve("20-a.yaml") + ":6 takes all that it could; put this one before it",
                "30-b.yaml:2:20: listeners[0].bind: 127.0.0.1:8080 cannot be bound beside :8080; the other is in " + folder.resolve("10-base.yaml") + ":6",
                "30-b.yaml:3:1: x: unknown key; known here: domains, regions, here, listeners, admin, apps, mappings, trusted-proxies, forwarded, via, trusted-gateways, instance, access-log, metrics, runtime, limits, reload");
    }

    @Test
    void whatIsMissingIsMissingInTheFolder() throws IOException {
        Files.delete(folder.resolve("10-base.yaml"));
        write("20-a.yaml", "domains: [a.example]\nlisteners: []\n");

        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read(folder))
                .withMessage(folder + ":1:1: regions: is missing\n"
                        + folder + ":1:1: here: is missing\n"
                        + folder.resolve("20-a.yaml") + ":2:12: listeners: is empty; at least one listener is needed");
    }

    @Test
    void ofFilesThatAreNoYamlEachSaysSo() throws IOException {
        write("20-a.yaml", "a: b: c\n");
        write("30-b.yaml", "x: [\n");
        write("40-c.yaml", "x: 1\n");

        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read(folder))
                .satisfies(e -> {
                    assertThat(e.problems()).extracting(problem -> Path.of(problem.file()).getFileName()).containsExactly(Path.of("20-a.yaml"), Path.of("30-b.yaml"));
                    assertThat(e.excerpt(e.problems().getFirst())).isEqualTo("    a: b: c\n        ^");
                });
    }

    @Test
    void aFileThatIsNoMappingIsReported() throws IOException {
        write("20-a.yaml", "- a\n");

        assertRefused("20-a.yaml:1:1: must be a mapping, is a list; write {key: value}");
    }

    @Test
    void aLinkThatLeadsNowhereIsNotPassedOver() throws IOException {
        Files.createSymbolicLink(folder.resolve("20-a.yaml"), folder.resolve("gone"));

        assertRefused("20-a.yaml:1:1: there is no such file");
    }

    @Test
    void aFolderWithoutFilesIsNoConfig() throws IOException {
        Files.delete(folder.resolve("10-base.yaml"));

        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read(folder))
                .withMessage(folder + ":1:1: no file in this folder says anything; put *.yaml or *.yml files there");
    }

    @Test
    void theChecksumNamesNamesAndContents() throws Exception {
        write("20-a.yaml", Configs.ORDERS);
        String checksum = ConfigReader.read(folder).checksum();

        // (cd FOLDER && sha256sum *.yaml) | sha256sum | cut -c1-12
        assertThat(checksum).isEqualTo(ConfigReader.checksum((ConfigReader.digest(bytes(Configs.LEAST)) + "  10-base.yaml\n"
                + ConfigReader.digest(bytes(Configs.ORDERS)) + "  20-a.yaml\n").getBytes(StandardCharsets.UTF_8)));

        write("20-a.yaml", Configs.ORDERS + "\n");
        assertThat(ConfigReader.read(folder).checksum()).isNotEqualTo(checksum);
        write("20-a.yaml", Configs.ORDERS);
        assertThat(ConfigReader.read(folder).checksum()).isEqualTo(checksum);
        Files.move(folder.resolve("20-a.yaml"), folder.resolve("20-b.yaml"));
        assertThat(ConfigReader.read(folder).checksum()).isNotEqualTo(checksum);
    }

    @Test
    void pathsOfValuesBeginAtTheFolder() throws Exception {
        write("port", "9901\n");
        write("20-a.yaml", "admin: {bind: \":${file:port}\"}\n");

        assertThat(ConfigReader.read(folder).settings().admin()).isNotNull();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private void assertRefused(String... problems) {
        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read(folder))
                .satisfies(e -> assertThat(e.problems())
                        .extracting(problem -> problem.toString().substring(folder.toString().length() + 1))
                        .containsExactly(problems));
    }
}
