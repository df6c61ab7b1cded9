/**
 * Worlds in one thread: the real control plane and the real exchanges between simulated workers and clients, on a clock, a network and a
 * chance that a seed decides, with rules that must hold at every moment. Start reading at {@link io.weir.simulation.Scenario}.
 */
@NullMarked
package io.weir.simulation;

import org.jspecify.annotations.NullMarked;
