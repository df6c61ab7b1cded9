/** JMH benchmarks of what every request goes through, one class a step. Start reading at {@link io.weir.benchmarks.micro.HeadBenchmark}. */
@NullMarked
package io.weir.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
