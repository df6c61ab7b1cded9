/**
 * Asks one worker how it is: HTTP, TCP, TLS, gRPC.
 *
 * <p>Start reading at {@link io.weir.health.check.WireCheck}, which all kinds have in common.
 */
@NullMarked
package io.weir.health.check;

import org.jspecify.annotations.NullMarked;
