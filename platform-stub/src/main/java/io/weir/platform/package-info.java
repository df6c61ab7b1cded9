/**
 * The deployment backend: apps are deployed to it, and it starts their workers and tells who is where. So far it holds what starts a process
 * and ties it to this one; start reading at {@link io.weir.platform.ChildProcess}.
 */
@NullMarked
package io.weir.platform;

import org.jspecify.annotations.NullMarked;
