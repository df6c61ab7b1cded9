package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether what a config is made of has changed. */
class ConfigStateTest {

    private static final long HOUR = 3_600_000;

    private final AtomicLong ahead = new AtomicLong();
    private Path folder = Path.of("");
    private Path file = folder;

    @BeforeEach
    void setUp(@TempDir Path temp) throws IOException {
        folder = temp;
        file = Files.writeString(temp.resolve("a.yaml"), "a: 1\n");
        Files.writeString(temp.resolve("b.yml"), "b: 1\n");
    }

    private ConfigState state(Path path) {
        return new ConfigState(path, () -> System.currentTimeMillis() + ahead.get());
    }

    @Test
    void whatWasNotTouchedHasNotChanged() {
        ConfigState state = state(folder);

        assertThat(state.hasChanged()).isFalse();
        ahead.set(HOUR);
        assertThat(state.hasChanged()).isFalse();
        assertThat(state.hasChanged()).isFalse();
    }

    @Test
    void otherFilesDoNotMatter() throws IOException {
        ConfigState state = state(folder);
        Files.writeString(folder.resolve("access.log"), "x");
        Files.writeString(folder.resolve(".a.yaml.swp"), "x");
        Files.createDirectory(folder.resolve("c.yaml"));

        assertThat(state.hasChanged()).isFalse();
    }

    @Test
    void ofFilesThatAreNamedNoOthersAreLookedAt() throws IOException {
        ConfigState state = state(folder);
        Path other = Files.writeString(folder.resolve("b.yml"), "b: 2\n");
        Path next = folder.resolve("c.yaml");
        assertThat(state.hasChanged(Set.of(file, next, folder.resolve("x.log")))).isFalse();
        assertThat(state.hasChanged(Set.of(other))).isTrue();
        assertThat(state.hasChanged()).isFalse();

        Files.writeString(next, "c: 1\n");
        assertThat(state.hasChanged(Set.of(next))).as("it has come").isTrue();
        assertThat(state.hasChanged(Set.of(next))).isFalse();
        Files.delete(next);
        assertThat(state.hasChanged(Set.of(next))).as("it has gone").isTrue();
        assertThat(state.hasChanged()).isFalse();
    }

    @Test
    void theSameAgainHasNotChanged() throws IOException {
        ConfigState state = state(folder);
        Files.writeString(file, "a: 1\n");

        assertThat(state.hasChanged()).isFalse();
    }

    @Test
    void contentsCountThoughNothingElseDiffers() throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        ConfigState state = state(file);
        Files.writeString(file, "a: 2\n");
        Files.setLastModifiedTime(file, time);

        assertThat(state.hasChanged()).isTrue();
        assertThat(state.hasChanged()).isFalse();
    }

    @Test
    void ofFilesThatHaveLongBeenThereStampsAreEnough() throws IOException {
        ahead.set(HOUR);
        ConfigState state = state(folder);
        assertThat(state.hasChanged()).isFalse();
        Path other = Files.writeString(folder.resolve("temporary"), "a: 2\n");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(state.hasChanged()).isTrue();
        assertThat(state.hasChanged()).isFalse();
    }

    @Test
    void filesThatComeAndGoAndAreRenamed() throws IOException {
        ConfigState state = state(folder);
        Files.writeString(folder.resolve("c.yaml"), "");
        assertThat(state.hasChanged()).isTrue();
        Files.delete(folder.resolve("c.yaml"));
        assertThat(state.hasChanged()).isTrue();
        Files.move(file, folder.resolve("d.yaml"));
        assertThat(state.hasChanged()).isTrue();
        assertThat(state.hasChanged()).isFalse();
    }

    @Test
    void whatIsNotThereAndComes() throws IOException {
        ConfigState state = state(folder.resolve("later/weir.yaml"));
        assertThat(state.hasChanged()).isFalse();
        Files.createDirectory(folder.resolve("later"));
        assertThat(state.hasChanged()).isFalse();
        Files.writeString(folder.resolve("later/weir.yaml"), "");
        assertThat(state.hasChanged()).isTrue();
    }

    @Test
    void aFileThatBecomesAFolder() throws IOException {
        ConfigState state = state(file);
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(state.hasChanged()).isTrue();
        assertThat(state.hasChanged()).isFalse();
        Files.writeString(file.resolve("x.yaml"), "");
        assertThat(state.hasChanged()).isTrue();
    }
}
