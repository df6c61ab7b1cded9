/**
 * How one process gets the listening sockets, and what is known, of another that it takes the place of, or of systemd. Start reading at
 * {@link io.weir.takeover.Handover}, the end of the process that goes, and {@link io.weir.takeover.Takeover}, that of the one that comes.
 */
@NullMarked
package io.weir.takeover;

import org.jspecify.annotations.NullMarked;
