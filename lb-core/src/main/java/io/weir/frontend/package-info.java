/**
 * Accepts client connections and refuses what must be refused. Start reading at {@link io.weir.frontend.Listener}; a connection is {@link
 * io.weir.frontend.ClientConnection}, or {@link io.weir.frontend.Http2ClientConnection} once its client has shown that it speaks HTTP/2.
 */
@NullMarked
package io.weir.frontend;

import org.jspecify.annotations.NullMarked;
