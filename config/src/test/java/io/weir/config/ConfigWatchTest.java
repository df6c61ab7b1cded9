package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes on disk are told, however they are made. */
@Timeout(120)
class ConfigWatchTest {

    private static final Duration NEVER = Duration.ofHours(24);
    /** Notices alone: nothing is found by looking. */
    private static final ConfigWatch.Times NOTICES = new ConfigWatch.Times(Duration.ofMillis(20), Duration.ofMillis(200), NEVER, NEVER);
    private static final ConfigWatch.Times LOOKS = new ConfigWatch.Times(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMillis(20), NEVER);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private Path root = Path.of("");
    private @Nullable ConfigWatch watch;

    @BeforeEach
    void setUp(@TempDir Path temp) {
        root = temp;
    }

    @AfterEach
    void tearDown() {
        if (watch != null) {
            watch.close();
        }
    }

    @Test
    void aFileThatIsWrittenOver() throws Exception {
        Path file = write("weir.yaml", "1");
        begin(file);

        write("weir.yaml", "2");
        awaitToldOf(file, "2");
        Files.writeString(file, "3", StandardOpenOption.APPEND);
        awaitToldOf(file, "23");
    }

    @Test
    void aFileThatAnEditorReplaces() throws Exception {
        Path file = write("weir.yaml", "1");
        begin(file);

        for (String text : new String[] {"2", "3"}) {
            Path temporary = write(".weir.yaml.tmp", text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            awaitToldOf(file, text);
        }
        Files.move(file, root.resolve("weir.yaml~"));
        write("weir.yaml", "4");
        awaitToldOf(file, "4");
    }

    @Test
    void filesOfAFolder() throws Exception {
        write("conf.d/a.yaml", "1");
        Path folder = root.resolve("conf.d");
        begin(folder);

        write("conf.d/a.yaml", "2");
        awaitToldOf(folder, "2");
        write("conf.d/b.yml", "3");
        awaitToldOf(folder, "2,3");
        Files.delete(folder.resolve("a.yaml"));
        awaitToldOf(folder, "3");
    }

    @Test
    void whichFilesOfAFolderIsToldUnlessALinkIsAmongThem() throws Exception {
        write("conf.d/a.yaml", "1");
        write("conf.d/b.yaml", "1");
        Path folder = root.resolve("conf.d");
        var changes = new LinkedBlockingQueue<ConfigChange>();
        watch = ConfigWatch.begin(folder, changes::add, NOTICES, FileSystems.getDefault()::newWatchService);

        Path a = write("conf.d/a.yaml", "2");
        assertThat(changes.poll(60, TimeUnit.SECONDS)).isEqualTo(new ConfigChange(Set.of(a)));
        write("elsewhere", "3");
        link("conf.d/c.yaml", "../elsewhere");
        assertThat(changes.poll(60, TimeUnit.SECONDS)).isEqualTo(ConfigChange.ANY);
        write("elsewhere", "4");
        assertThat(changes.poll(60, TimeUnit.SECONDS)).isEqualTo(ConfigChange.ANY);
    }

    @Test
    void asKubernetesSwapsThem() throws Exception {
        write("mount/..1/weir.yaml", "1");
        link("mount/..data", "..1");
        link("mount/weir.yaml", "..data/weir.yaml");
        Path file = root.resolve("mount/weir.yaml");
        begin(file);

        for (int i = 2; i < 5; i++) {
            write("mount/.." + i + "/weir.yaml", "" + i);
            link("mount/..data_tmp", ".." + i);
            Files.move(root.resolve("mount/..data_tmp"), root.resolve("mount/..data"), StandardCopyOption.ATOMIC_MOVE);
            delete(root.resolve("mount/.." + (i - 1)));
            awaitToldOf(file, "" + i);
        }
    }

    @Test
    void asKubernetesSwapsFolders() throws Exception {
        write("mount/..1/a.yaml", "1");
        link("mount/..data", "..1");
        link("mount/a.yaml", "..data/a.yaml");
        begin(root.resolve("mount"));

        for (int i = 2; i < 5; i++) {
            write("mount/.." + i + "/a.yaml", "" + i);
            link("mount/..data_tmp", ".." + i);
            Files.move(root.resolve("mount/..data_tmp"), root.resolve("mount/..data"), StandardCopyOption.ATOMIC_MOVE);
            delete(root.resolve("mount/.." + (i - 1)));
            awaitToldOf(root.resolve("mount"), "" + i);
        }
    }

    @Test
    void aLinkWhoseTargetsFolderChanges() throws Exception {
        Path target = write("far/away/weir.yaml", "1");
        link("etc/weir.yaml", "../far/away/weir.yaml");
        Path file = root.resolve("etc/weir.yaml");
        begin(file);

        Files.writeString(target, "2");
        awaitToldOf(file, "2");
        Files.move(root.resolve("far/away"), root.resolve("far/gone"));
        write("far/away/weir.yaml", "3");
        awaitToldOf(file, "3");
        write("other.yaml", "4");
        link("etc/new", "../other.yaml");
        Files.move(root.resolve("etc/new"), file, StandardCopyOption.ATOMIC_MOVE);
        awaitToldOf(file, "4");
        write("other.yaml", "5");
        awaitToldOf(file, "5");
    }

    @Test
    void aFolderThatIsRemovedAndMadeAnew() throws Exception {
        write("a/conf.d/a.yaml", "1");
        Path folder = root.resolve("a/conf.d");
        begin(folder);

        delete(root.resolve("a"));
        awaitToldOf(folder, "gone");
        write("a/conf.d/a.yaml", "2");
        awaitToldOf(folder, "2");
        write("a/conf.d/a.yaml", "3");
        awaitToldOf(folder, "3");
    }

    @Test
    void aFolderThatIsReplacedWhole() throws Exception {
        write("conf.d/a.yaml", "1");
        write("next/a.yaml", "2");
        Path folder = root.resolve("conf.d");
        begin(folder);

        Files.move(folder, root.resolve("before"));
        Files.move(root.resolve("next"), folder);
        awaitToldOf(folder, "2");
        write("conf.d/a.yaml", "3");
        awaitToldOf(folder, "3");
    }

    @Test
    void aFileThatIsNotThereYet() throws Exception {
        Path file = root.resolve("a/b/weir.yaml");
        begin(file);

        write("a/b/weir.yaml", "1");
        awaitToldOf(file, "1");
    }

    @Test
    void whatDoesNotMatterIsNotTold() throws Exception {
        Path file = write("weir.yaml", "1");
        begin(file);

        write("access.log", "x");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        write("access.log", "y");
        write("weir.yaml", "2");
        awaitToldOf(file, "2");
        close();

        assertThat(told).doesNotContain("1");
    }

    @Test
    void whoeverIsToldMayFail() throws Exception {
        Path file = write("weir.yaml", "1");
        begin(file, () -> {
            told.add(contents(file));
            throw new IllegalStateException("not this time");
        });

        write("weir.yaml", "2");
        awaitToldOf(file, "2");
        write("weir.yaml", "3");
        awaitToldOf(file, "3");
    }

    @Test
    void withoutNoticesItLooks() throws Exception {
        Path file = write("weir.yaml", "1");
        watch = ConfigWatch.begin(file, _ -> told.add(contents(file)), LOOKS, () -> {
            throw new IOException("User limit of inotify instances reached or too many open files");
        });

        assertThat(watch.how()).isEqualTo("by a look every 20ms, since there are no notices: User limit of inotify instances reached or too many open files");
        write("weir.yaml", "2");
        awaitToldOf(file, "2");
        Files.delete(file);
        awaitToldOf(file, "gone");
    }

    @Test
    void saysHow() throws Exception {
        watch = ConfigWatch.begin(write("weir.yaml", "1"), _ -> {});

        assertThat(watch.how()).matches("by notices of the file system, and a look every (10|2)s");
    }

    @Test
    void nothingIsToldOnceItIsClosed() throws Exception {
        Path file = write("weir.yaml", "1");
        begin(file);
        close();
        write("weir.yaml", "2");

        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals("weir-config-watch") && thread.isAlive());
        assertThat(told).isEmpty();
    }

    private void begin(Path path) {
        begin(path, () -> told.add(contents(path)));
    }

    private void begin(Path path, Runnable changed) {
        watch = ConfigWatch.begin(path, _ -> changed.run(), NOTICES, FileSystems.getDefault()::newWatchService);
        assertThat(watch.how()).as("inotify is needed for this test").startsWith("by notices");
    }

    private void close() {
        if (watch != null) {
            watch.close();
        }
    }

    /** Several changes may be told as one, and one that was made in steps more than once. */
    private void awaitToldOf(Path path, String contents) throws InterruptedException {
        String last;
        do {
            last = told.poll(60, TimeUnit.SECONDS);
            assertThat(last).as("of " + path + " nothing was told, it is " + contents(path)).isNotNull();
        } while (!contents.equals(last));
    }

    private static String contents(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                return Files.readString(path);
            }
            try (Stream<Path> all = Files.list(path)) {
                return String.join(",", all.filter(file -> ConfigFolder.isMeant(file.getFileName().toString())).sorted().map(ConfigWatchTest::contents).toList());
            }
        } catch (IOException _) {
            return "gone";
        }
    }

    private Path write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.resolve("..").normalize());
        return Files.writeString(file, text);
    }

    private void link(String name, String target) throws IOException {
        Path link = root.resolve(name);
        Files.createDirectories(link.resolve("..").normalize());
        Files.createSymbolicLink(link, Path.of(target));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
