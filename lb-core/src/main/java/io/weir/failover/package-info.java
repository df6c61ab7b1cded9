/**
 * Makes an app's plans: which tiers it has, what each takes of the traffic now, and how traffic comes back to one that was lost. Pure: no
 * sockets, no clock, no chance; time is a parameter, so that tools plan what the live path would. Start reading at
 * {@link io.weir.failover.FailoverPlanner}.
 */
@NullMarked
package io.weir.failover;

import org.jspecify.annotations.NullMarked;
