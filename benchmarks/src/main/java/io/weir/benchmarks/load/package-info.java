/**
 * Parts of the whole under a steady load over loopback, as main classes that print what they cost.
 *
 * <p>Start reading at {@link io.weir.benchmarks.load.ChecksBenchmark}.
 */
@NullMarked
package io.weir.benchmarks.load;

import org.jspecify.annotations.NullMarked;
