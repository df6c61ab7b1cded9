/** From host and path to an app. Pure, on an immutable table. Start reading at {@link io.weir.routing.RoutingTable}. */
@NullMarked
package io.weir.routing;

import org.jspecify.annotations.NullMarked;
