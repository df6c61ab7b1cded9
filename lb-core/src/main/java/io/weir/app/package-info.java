/**
 * The process: starts, drains and stops, and the command line. The one place where the parts are wired, by hand. Start reading at {@link
 * io.weir.app.Main}, then {@link io.weir.app.LoadBalancer}.
 */
@NullMarked
package io.weir.app;

import org.jspecify.annotations.NullMarked;
