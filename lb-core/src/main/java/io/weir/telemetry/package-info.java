/** Counts, times and logs finished exchanges. Start reading at {@link io.weir.telemetry.Telemetry}. */
@NullMarked
package io.weir.telemetry;

import org.jspecify.annotations.NullMarked;
