/** What each event loop owns: its time, its deadlines, and the transport that drives it. Start reading at {@link io.weir.loop.EventLoops}. */
@NullMarked
package io.weir.loop;

import org.jspecify.annotations.NullMarked;
