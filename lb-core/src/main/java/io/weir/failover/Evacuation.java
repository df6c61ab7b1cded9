package io.weir.failover;

import java.time.Instant;

/**
 * Somebody sent the traffic of some workers elsewhere.
 *
 * @param until when it ends by itself
 * @param hard whether they don't serve even if nothing else is left
 */
public record Evacuation(Scope scope, Instant until, boolean hard) {}
