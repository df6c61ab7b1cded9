package io.weir.failover;

import io.weir.health.AdminState;
import io.weir.health.Health;

/**
 * How a member is at the moment of planning.
 *
 * @param warmSince ns on the planner's clock when it became well after it had been unhealthy, or {@link #NOT_WARMING}
 */
public record MemberState(Member member, Health health, AdminState admin, long warmSince) {
    public static final long NOT_WARMING = Long.MIN_VALUE;
}
