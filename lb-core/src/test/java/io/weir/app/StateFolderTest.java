package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.RuntimeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    private static final Path HOME = Path.of("/home/u");

    private static Path path(@Nullable Path configured, Map<String, String> environment) {
        RuntimeSettings plain = RuntimeSettings.DEFAULTS;
        RuntimeSettings runtime = new RuntimeSettings(plain.eventLoops(), plain.transport(), plain.drain(), configured);
        return StateFolder.of(runtime, "0123", environment::get, HOME).path();
    }

    @Test
    void theConfigGoesFirstThenSystemdThenTheUser() {
        Map<String, String> all = Map.of("STATE_DIRECTORY", "/var/lib/weir:/var/lib/other", "XDG_STATE_HOME", "/x");

        assertThat(path(Path.of("/state"), all)).isEqualTo(Path.of("/state/0123"));
        assertThat(path(null, all)).isEqualTo(Path.of("/var/lib/weir/0123"));
        assertThat(path(null, Map.of("XDG_STATE_HOME", "/x"))).isEqualTo(Path.of("/x/weir/0123"));
        assertThat(path(null, Map.of("XDG_STATE_HOME", "relative"))).isEqualTo(Path.of("/home/u/.local/state/weir/0123"));
        assertThat(path(null, Map.of())).isEqualTo(Path.of("/home/u/.local/state/weir/0123"));
    }

    @Test
    void whatCannotBeMadeIsToldBeforeItIsNeeded(@TempDir Path folder) throws Exception {
        assertThat(new StateFolder(folder.resolve("not/yet/there")).obstacle()).isNull();
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(new StateFolder(file.resolve("state")).obstacle()).contains("let this user write to " + file);
    }
}
