package io.weir.app;

import io.weir.config.RuntimeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The folder of what survives a restart of one process: in {@code runtime.state}, else where systemd says ({@code STATE_DIRECTORY}), else
 * where the user keeps such things (XDG base directories), a folder of the same key as the run file, so that processes don't share one.
 */
record StateFolder(Path path) {
    private static final String NAME = "weir";

    /** That of the process of that key; made when something is to be kept. */
    static StateFolder of(RuntimeSettings runtime, String key, Function<String, @Nullable String> environment, Path home) {
        return new StateFolder(base(runtime.state(), environment, home).resolve(key));
    }

    private static Path base(@Nullable Path configured, Function<String, @Nullable String> environment, Path home) {
        if (configured != null) {
            return configured;
        }
        Path ofSystemd = absolute(environment.apply("STATE_DIRECTORY"));
        if (ofSystemd != null) {
            return ofSystemd;
        }
        Path ofUser = absolute(environment.apply("XDG_STATE_HOME"));
        return (ofUser == null ? home.resolve(".local/state") : ofUser).resolve(NAME);
    }

    /** The first of those that are named; one that isn't from the root on is none (XDG). */
    private static @Nullable Path absolute(@Nullable String paths) {
        if (paths == null) {
            return null;
        }
        Path first = Path.of(paths.split(":", -1)[0]);
        return first.isAbsolute() ? first : null;
    }

    /** Why nothing can be kept there, as far as can be seen, with a remedy; null if it can. */
    @Nullable String obstacle() {
        Path there = path;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return Files.isDirectory(there) && Files.isWritable(there)
                ? null
                : "nothing can be kept in " + path + ", and so a restart forgets what this process knows, evacuations and workers that were found: let this user write to " + there
                        + ", or set runtime.state to a folder where it may";
    }
}
