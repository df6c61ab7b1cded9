package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.assertProblems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminProblemsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "{} @ 7:8: admin: has neither bind nor socket; give it a port, bind: \"127.0.0.1:9901\", or a Unix socket, socket: /run/weir/admin.sock",
        "{bind: ':8080'} @ 7:15: admin.bind: :8080 cannot be bound beside :8080; the other is in line 6",
        "{socket: /run/weir/} @ 7:17: admin.socket: is a folder; name the socket in it, as in /run/weir/admin.sock",
        "{socket: /} @ 7:17: admin.socket: is a folder; name the socket in it, as in /run/weir/admin.sock",
        "{bind: ':1', token: fifteen-letters} @ 7:28: admin.token: must be of 16 to 1024 characters, is of 15; make one with: head -c 24 /dev/urandom | base64 > token, and write \"${file:token}\"",
        "{bind: ':1', token: 'sixteen letters!'} @ 7:28: admin.token: must be letters, digits and -._~+/=, is not; make one with: head -c 24 /dev/urandom | base64 > token, and write \"${file:token}\"",
    }, quoteCharacter = '`')
    void mistakes(String admin, String problem) {
        assertProblems(LEAST + "admin: " + admin + "\n", problem);
    }

    @Test
    void aPathThatNoSocketCanHave() {
        assertProblems(
                LEAST + "admin: {socket: /" + "x".repeat(98) + "}\n",
                "7:17: admin.socket: is too long a path for a Unix socket: 99 bytes, from the root on;"
                        + " choose one of at most 98, as /run/weir/admin.sock");
        assertThat(Configs.read(LEAST + "admin: {socket: /" + "x".repeat(97) + "}\n").admin()).isNotNull();
    }

    @Test
    void aRelativeSocketBeginsAtTheFolderOfTheConfig() throws Exception {
        Path file = Files.writeString(folder.resolve("weir.yaml"), LEAST + "admin: {socket: s/../admin.sock}\n");

        AdminSettings admin = Objects.requireNonNull(ConfigReader.read(file).settings().admin());

        assertThat(admin).isEqualTo(new AdminSettings(null, folder.resolve("admin.sock").toAbsolutePath(), null));
    }

    @Test
    void aTokenFromAFileIsQuotedNowhere() throws Exception {
        Files.writeString(folder.resolve("token"), "too-short\n");
        Path file = Files.writeString(folder.resolve("weir.yaml"), LEAST + "admin: {bind: ':1', token: \"${file:token}\"}\n");

        assertThatThrownBy(() -> ConfigReader.read(file))
                .hasMessageContaining("admin.token: must be of 16 to 1024 characters, and what ${file:token} stands for is not; make one with")
                .hasMessageNotContaining("too-short");
    }

    @Test
    void secretsAreComparedAndNotShown() {
        Secret secret = new Secret("a-token-of-24-characters");

        assertThat(secret.is("a-token-of-24-characters")).isTrue();
        assertThat(secret.is("a-token-of-24-character")).isFalse();
        assertThat(secret).isEqualTo(new Secret("a-token-of-24-characters")).isNotEqualTo(new Secret("another"));
        assertThat(new AdminSettings(null, Path.of("/s"), secret).toString()).contains("(redacted)").doesNotContain("token-of");
    }
}
