package io.weir.failover;

import io.weir.health.AdminState;
import io.weir.health.Health;

/**
 * How a member is at the moment of planning.
 *
 * @param warmSince ns on the planner's clock when it became well after it had been unhealthy, or {@link #NOT_WARMING}
 * @param share of a load balancer that stands for many, how much of what is behind it can serve, 0 to 1; 1 of a worker
 */
public record MemberState(Member member, Health health, AdminState admin, long warmSince, double share) {
    public static final long NOT_WARMING = Long.MIN_VALUE;

    /** A worker's. */
    public MemberState(Member member, Health health, AdminState admin, long warmSince) {
        this(member, health, admin, warmSince, 1);
    }
}
