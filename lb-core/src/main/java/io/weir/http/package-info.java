/**
 * HTTP on the wire: message heads, framing and field rules. Start reading at {@link io.weir.http.RequestParser}, then {@link
 * io.weir.http.Head}; {@link io.weir.http.Side} is what the rest of the proxy sees of a connection.
 */
@NullMarked
package io.weir.http;

import org.jspecify.annotations.NullMarked;
