package io.weir.config;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may have changed of a config on disk.
 *
 * @param files of its folder, which may have come, gone, or been written to, while no other has; null: any may
 */
public record ConfigChange(@Nullable Set<Path> files) {
    public static final ConfigChange ANY = new ConfigChange(null);

    public ConfigChange {
        files = files == null ? null : Set.copyOf(files);
    }
}
