/** The deployment backend: apps are deployed to it, and it starts their workers and tells who is where. */
@NullMarked
package io.weir.platform;

import org.jspecify.annotations.NullMarked;
