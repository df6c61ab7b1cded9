/**
 * {@code weir demo}: two regions on one machine, with a load balancer for each and workers in their zones. Start reading at {@link
 * io.weir.platform.demo.Demo}, then {@link io.weir.platform.demo.Scene}.
 */
@NullMarked
package io.weir.platform.demo;

import org.jspecify.annotations.NullMarked;
