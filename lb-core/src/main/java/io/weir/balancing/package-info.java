/**
 * Picks one target out of many. Pure: no I/O, no clock of its own. Start reading at {@link io.weir.balancing.Decision}, the one function that
 * the live path and every tool share.
 */
@NullMarked
package io.weir.balancing;

import org.jspecify.annotations.NullMarked;
