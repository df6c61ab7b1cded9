/**
 * Tries out what would become of the apps if workers were lost or sent away, with the planners and the decisions of the live path and
 * without traffic; and, as a drill, with it. Start reading at {@link io.weir.simulate.Simulation}, then {@link io.weir.simulate.Drill}.
 */
@NullMarked
package io.weir.simulate;

import org.jspecify.annotations.NullMarked;
