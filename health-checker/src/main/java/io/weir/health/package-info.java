/**
 * Decides whether each worker is well, from checks and from traffic, and announces each change.
 *
 * <p>Start reading at {@link io.weir.health.Health}, the verdicts.
 */
@NullMarked
package io.weir.health;

import org.jspecify.annotations.NullMarked;
