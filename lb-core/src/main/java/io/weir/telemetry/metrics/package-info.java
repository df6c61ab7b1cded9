/** Counts and times what exchanges do, and tells it to whoever scrapes. Start reading at {@link io.weir.telemetry.metrics.Metrics}. */
@NullMarked
package io.weir.telemetry.metrics;

import org.jspecify.annotations.NullMarked;
