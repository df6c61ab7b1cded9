/** What a reload would do, told before it is done. Start reading at {@link io.weir.plan.ReloadPlan}. */
@NullMarked
package io.weir.plan;

import org.jspecify.annotations.NullMarked;
