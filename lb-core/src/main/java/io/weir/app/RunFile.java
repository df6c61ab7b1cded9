package io.weir.app;

import io.weir.admin.RunFolder;
import io.weir.config.LoadedConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a process was started with.
 *
 * @param given the config's path as it was given, or what stands in its place
 * @param origin the same as others find it, from the root on
 * @param checksum of the config, or null
 * @param key by which commands find the process, see {@link RunFolder}; null: they don't
 */
record RunFile(String given, String origin, @Nullable String checksum, @Nullable String key) {
    /** Of something that is no process of its own. */
    static final RunFile NONE = new RunFile("no config file", "no config file", null, null);

    /** A process that runs without a file. */
    static final RunFile NO_FILE = new RunFile("no config file", "no config file", null, RunFolder.NO_FILE);

    static RunFile of(Path path, LoadedConfig config) {
        String key;
        try {
            key = RunFolder.key(path);
        } catch (IOException _) {
            key = null; // it was read, and is gone already
        }
        return new RunFile(path.toString(), path.toAbsolutePath().normalize().toString(), config.checksum(), key);
    }

    /** As the start-up lines say it. */
    String line() {
        return checksum == null ? given : "config " + given + " " + checksum;
    }
}
