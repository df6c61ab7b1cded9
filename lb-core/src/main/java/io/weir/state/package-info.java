/** Files in which what a process has learnt survives it: written as a whole, and read only if they are whole. */
@NullMarked
package io.weir.state;

import org.jspecify.annotations.NullMarked;
