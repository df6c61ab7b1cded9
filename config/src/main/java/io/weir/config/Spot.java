package io.weir.config;

import org.jspecify.annotations.Nullable;

/**
 * Where something else stands, for messages.
 *
 * @param file null if the config has one file only
 */
record Spot(@Nullable String file, int line) {

    @Override
    public String toString() {
        return file == null ? "line " + line : file + ':' + line;
    }
}
