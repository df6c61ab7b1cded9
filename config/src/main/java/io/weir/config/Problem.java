package io.weir.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a config.
 *
 * @param file as it was given, so that a terminal or editor can open it
 * @param line from 1
 * @param column from 1, in characters
 * @param path the keys that lead to the place, {@code apps.orders.pools.ca-c1.workers[0].zone}; empty for the file itself
 * @param what what is wrong
 * @param hint what to do about it, if that can be said
 */
public record Problem(String file, int line, int column, String path, String what, @Nullable String hint) {

    public Problem {
        if (line < 1 || column < 1) {
            throw new IllegalArgumentException("lines and columns count from 1, not " + line + ":" + column);
        }
    }

    /** {@code file:line:column: path: what; hint}. */
    @Override
    public String toString() {
        return file + ':' + line + ':' + column + ": " + (path.isEmpty() ? "" : path + ": ") + what + (hint == null ? "" : "; " + hint);
    }
}
