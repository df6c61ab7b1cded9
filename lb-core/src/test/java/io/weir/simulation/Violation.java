package io.weir.simulation;

import java.util.Locale;

/**
 * A rule was broken.
 *
 * @param age of the world, in ns
 */
record Violation(String rule, String detail, long age) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, at %.6f s: %s", rule, age / 1e9, detail);
    }
}
