package io.weir.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

    private Path file = Path.of("weir.yaml");

    @BeforeEach
    void setUp(@TempDir Path folder) {
        file = folder.resolve("weir.yaml");
    }

    @Test
    void theChecksumNamesTheBytes() throws Exception {
        Files.writeString(file, Configs.LEAST);
        LoadedConfig loaded = ConfigReader.read(file);

        // printf … | sha256sum | cut -c1-12
        assertThat(loaded.checksum()).isEqualTo("b46fd48ff1dd");
        assertThat(ConfigReader.read("weir.yaml", Configs.LEAST)).isEqualTo(loaded);
        assertThat(ConfigReader.read("weir.yaml", Configs.LEAST + "\n").checksum()).isNotEqualTo(loaded.checksum());
        assertThat(ConfigReader.read("weir.yaml", Configs.LEAST + "\n").settings()).isEqualTo(loaded.settings());
    }

    @Test
    void problemsNameTheFileAsItWasGiven() throws IOException {
        Files.writeString(file, Configs.LEAST + "x: 1\n");

        assertRefused(file, "7:1: x: unknown key;"
                + " known here: domains, regions, here, listeners, admin, apps, mappings, trusted-proxies, forwarded, via, trusted-gateways, instance, access-log, metrics, runtime, limits, reload");
    }

    @Test
    void aFileThatIsMissingIsSaidToBe() {
        assertRefused(file, "1:1: there is no such file");
    }

    @Test
    void textInAnotherEncodingIsReportedWhereItBegins() throws IOException {
        write(Configs.LEAST + "# Zürich\n", ISO_8859_1);
        assertRefused(file, "7:4: is not UTF-8 from here on; save the file as UTF-8");

        write(Configs.LEAST, UTF_16);
        assertRefused(file, "1:1: is not UTF-8 from here on; save the file as UTF-8");
    }

    @Test
    void aFileThatEndsInsideACharacterIsNotUtf8() throws IOException {
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xc3});

        assertRefused(file, "1:4: is not UTF-8 from here on; save the file as UTF-8");
    }

    @Test
    void aRelativeStateBeginsAtTheFolderOfTheConfig() throws Exception {
        Files.writeString(file, Configs.LEAST + "runtime: {state: s/../state}\n");

        assertThat(ConfigReader.read(file).settings().runtime().state()).isEqualTo(file.resolveSibling("state").toAbsolutePath());

        Files.writeString(file, Configs.LEAST + "runtime: {state: \"\\0\"}\n");

        assertRefused(file, "7:18: runtime.state: must be a path, is \"?\"; as in /var/lib/weir");
    }

    private void write(String text, Charset encoding) throws IOException {
        Files.write(file, text.getBytes(encoding));
    }

    private static void assertRefused(Path file, String problem) {
        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read(file))
                .withMessage(file + ":" + problem);
    }
}
