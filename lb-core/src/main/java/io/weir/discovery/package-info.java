/** Which workers there are, where the config does not list them: asked for, judged, and kept over restarts. Start at {@link io.weir.discovery.Discovery}. */
@NullMarked
package io.weir.discovery;

import org.jspecify.annotations.NullMarked;
