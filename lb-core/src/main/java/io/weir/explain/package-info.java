/**
 * What would become of a request, and why: the live path's own functions, asked with a trace, on copies of what they decide on. Nothing of
 * it touches traffic. Start reading at {@link io.weir.explain.Explainer}.
 */
@NullMarked
package io.weir.explain;

import org.jspecify.annotations.NullMarked;
