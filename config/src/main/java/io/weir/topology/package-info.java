/** The nouns of a deployment: where things run and how they are addressed. Start at {@link io.weir.topology.Region}. */
@NullMarked
package io.weir.topology;

import org.jspecify.annotations.NullMarked;
