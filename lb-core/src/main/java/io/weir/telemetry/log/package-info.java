/** The access log: a line for each exchange that is over. Start reading at {@link io.weir.telemetry.log.AccessLog}. */
@NullMarked
package io.weir.telemetry.log;

import org.jspecify.annotations.NullMarked;
