/**
 * Accepts client connections and refuses what must be refused. Start reading at {@link io.weir.frontend.Listener}; a connection is {@link
 * io.weir.frontend.ClientConnection}.
 */
@NullMarked
package io.weir.frontend;

import org.jspecify.annotations.NullMarked;
