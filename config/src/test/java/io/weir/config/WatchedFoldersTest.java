package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folders lead to a config. */
class WatchedFoldersTest {

    private Path root = Path.of("");

    @BeforeEach
    void setUp(@TempDir Path temp) throws IOException {
        root = temp.toRealPath();
    }

    @Test
    void ofAFileItsFolderAndThoseAbove() throws IOException {
        Path file = write("etc/weir.yaml");

        Map<Path, WatchedFolders.Interest> folders = WatchedFolders.of(file);

        assertThat(folders).containsEntry(root.resolve("etc"), new WatchedFolders.Interest(Set.of("weir.yaml"), false, true));
        assertThat(folders).containsEntry(root, new WatchedFolders.Interest(Set.of("etc"), false, false));
        assertThat(folders).containsKey(Objects.requireNonNull(root.getRoot()));
    }

    @Test
    void ofAFolderWhateverIsNamedAsAFileOfIt() throws IOException {
        write("conf.d/a.yaml");

        WatchedFolders.Interest interest = Objects.requireNonNull(WatchedFolders.of(root.resolve("conf.d")).get(root.resolve("conf.d")));

        assertThat(interest.contents()).isTrue();
        assertThat(interest.has("b.yml")).isTrue();
        assertThat(interest.has(".b.yaml.swp")).isFalse();
        assertThat(interest.has("access.log")).isFalse();
    }

    @Test
    void asKubernetesLaysThemOut() throws IOException {
        write("mount/..2026_1/weir.yaml");
        link("mount/..data", "..2026_1");
        link("mount/weir.yaml", "..data/weir.yaml");

        Map<Path, WatchedFolders.Interest> file = WatchedFolders.of(root.resolve("mount/weir.yaml"));
        Map<Path, WatchedFolders.Interest> folder = WatchedFolders.of(root.resolve("mount"));

        assertThat(file).containsEntry(root.resolve("mount"), new WatchedFolders.Interest(Set.of("weir.yaml", "..data", "..2026_1"), false, false));
        assertThat(file).containsEntry(root.resolve("mount/..2026_1"), new WatchedFolders.Interest(Set.of("weir.yaml"), false, true));
        assertThat(folder).containsEntry(root.resolve("mount"), new WatchedFolders.Interest(Set.of("weir.yaml", "..data", "..2026_1"), true, true));
        assertThat(folder).containsKey(root.resolve("mount/..2026_1"));
    }

    @Test
    void linksToElsewhereAndBack() throws IOException {
        write("a/real/weir.yaml");
        link("b/dir", "../a/./real");
        link("c/weir.yaml", root.resolve("b/dir/weir.yaml").toString());

        assertThat(WatchedFolders.of(root.resolve("c/weir.yaml")).keySet())
                .contains(root, root.resolve("a"), root.resolve("a/real"), root.resolve("b"), root.resolve("c"));
    }

    @Test
    void whereItsWayBreaksOff() throws IOException {
        Files.createDirectories(root.resolve("etc"));

        assertThat(WatchedFolders.of(root.resolve("etc/weir/weir.yaml")))
                .containsEntry(root.resolve("etc"), new WatchedFolders.Interest(Set.of("weir"), false, false))
                .doesNotContainKey(root.resolve("etc/weir"));
    }

    @Test
    void aCircleOfLinksLeadsNowhere() throws IOException {
        link("a", "b");
        link("b", "a");

        assertThat(WatchedFolders.of(root.resolve("a/weir.yaml"))).containsKey(root);
    }

    private Path write(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, Configs.LEAST);
    }

    private void link(String name, String target) throws IOException {
        Path link = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(link.getParent()));
        Files.createSymbolicLink(link, Path.of(target));
    }
}
