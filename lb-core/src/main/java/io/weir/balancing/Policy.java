package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/**
 * Picks one of a tier's targets. Immutable, called by all event loops, without a clock or chance of its own, and without allocating. Who
 * may be picked at all is the caller's business, {@link Decision}, and the same for all policies.
 */
interface Policy {
    /** A target that {@code bar} admits, or null if it admits none. */
    @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw);
}
