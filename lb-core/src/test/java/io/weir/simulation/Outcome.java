package io.weir.simulation;

import org.jspecify.annotations.Nullable;

/**
 * How a world ended.
 *
 * @param violation null: every rule held
 * @param answered requests that were answered with 200
 * @param repeated written attempts after a request's first
 * @param age of the world, in ns
 */
record Outcome(@Nullable Violation violation, Tally tally, int sent, int answered, int repeated, long age) {}
