/**
 * HTTP on the wire: message heads, framing and field rules. Start reading at {@link io.weir.http.RequestParser}, then {@link
 * io.weir.http.Head}; {@link io.weir.http.Side} is what the rest of the proxy sees of a connection. HTTP/2's fields become such heads in {@link
 * io.weir.http.Http2Fields}, and heads become header blocks in {@link io.weir.http.HpackBlock}.
 */
@NullMarked
package io.weir.http;

import org.jspecify.annotations.NullMarked;
