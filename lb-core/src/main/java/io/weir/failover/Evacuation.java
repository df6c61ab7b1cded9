package io.weir.failover;

import java.time.Instant;

/**
 * Somebody sent the traffic of some workers elsewhere.
 *
 * @param until when it ends by itself
 * @param hard whether they don't serve even if nothing else is left
 * @param drill whether a drill that is under way did it, and ends it
 */
public record Evacuation(Scope scope, Instant until, boolean hard, boolean drill) {
    /** By a person. */
    public Evacuation(Scope scope, Instant until, boolean hard) {
        this(scope, until, hard, false);
    }
}
