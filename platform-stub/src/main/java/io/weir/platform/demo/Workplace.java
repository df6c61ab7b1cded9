package io.weir.platform.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder with the configs, certificates and logs of a demo. Closing removes it, unless it is to be kept. */
record Workplace(Path folder, boolean kept) implements AutoCloseable {
    private static final FileAttribute<?> OWNER_ALONE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

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

    /** The certificate of the demo's CA. */
    Path authority() {
        return file("ca.pem");
    }

    /** A new file, empty, that nobody else may read. */
    Path secret(String name) throws IOException {
        Path file = file(name);
        Files.deleteIfExists(file);
        return Files.createFile(file, OWNER_ALONE);
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
