/**
 * Decides whether each worker is well, from checks and from traffic, and announces each change.
 *
 * <p>Start reading at {@link io.weir.health.Health}, the verdicts; then {@link io.weir.health.WorkerHealth}, the transitions between them, and
 * {@link io.weir.health.HealthMonitor}, which everybody else sees. {@code docs/health.md} has the rules for users.
 */
@NullMarked
package io.weir.health;

import org.jspecify.annotations.NullMarked;
