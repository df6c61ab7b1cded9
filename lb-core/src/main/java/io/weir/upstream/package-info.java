/** Endpoints and their connections. Start reading at {@link io.weir.upstream.Endpoint}; a connection is {@link io.weir.upstream.WorkerConnection}. */
@NullMarked
package io.weir.upstream;

import org.jspecify.annotations.NullMarked;
