package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/**
 * Picks one of a tier's targets. Immutable, called by all event loops, without a clock or chance of its own, and without allocating unless
 * it is traced. Who may be picked at all is the caller's business, {@link Decision}, and the same for all policies.
 */
interface Policy {
    /** A target that {@code bar} admits, or null if it admits none. Tells the trace, if there is one, how it came to it. */
    @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace);

    /** What it compares targets by for this request, for those who ask why: less is better. Null if it goes by turns. */
    @Nullable Double cost(Target target, long now, Draw draw);
}
