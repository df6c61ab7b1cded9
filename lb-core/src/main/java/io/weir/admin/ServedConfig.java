package io.weir.admin;

import io.weir.config.Settings;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The config that is in force.
 *
 * @param origin the file, the folder, or what stands in its place
 * @param checksum names its text, or null if there is none
 * @param generation 1 for the one that the process started with
 * @param loaded since when it is in force
 */
public record ServedConfig(String origin, @Nullable String checksum, int generation, Instant loaded, Settings settings) {}
