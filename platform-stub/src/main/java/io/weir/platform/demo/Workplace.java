package io.weir.platform.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder with the configs and logs of a demo. Closing removes it, unless it is to be kept. */
record Workplace(Path folder, boolean kept) implements AutoCloseable {

    /**
     * Makes the folder.
     *
     * @param wanted where, or null: a new one among the temporary ones
     * @param keep whether to leave a temporary one; a wanted one is left always
     */
    static Workplace open(@Nullable Path wanted, boolean keep) throws IOException {
        return wanted == null
                ? new Workplace(Files.createTempDirectory("weir-demo-"), keep)
                : new Workplace(Files.createDirectories(wanted).toAbsolutePath().normalize(), true);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        if (kept) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }
}
