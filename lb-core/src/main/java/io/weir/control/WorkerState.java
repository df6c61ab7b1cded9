package io.weir.control;

import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import org.jspecify.annotations.Nullable;

/** What the control thread knows of a worker. Written by it alone; health and warmth are for any thread. */
final class WorkerState {
    private final Member member;
    private final AppControl app;
    private volatile Health health = Health.UNPROVEN;
    private volatile long warmSince = MemberState.NOT_WARMING;
    private volatile double share = 1;
    private @Nullable HealthTransition last;

    WorkerState(Member member, AppControl app) {
        this.member = member;
        this.app = app;
    }

    Member member() {
        return member;
    }

    AppControl app() {
        return app;
    }

    Health health() {
        return health;
    }

    /** Since when it is well after it was not, in ns; {@link MemberState#NOT_WARMING}: it always was, as far as is known. */
    long warmSince() {
        return warmSince;
    }

    /** Of what stands behind it, how much can serve. */
    double share() {
        return share;
    }

    /** What made it as it is; null: it is as it was at first. Control thread only. */
    @Nullable HealthTransition last() {
        return last;
    }

    void become(HealthTransition transition) {
        share = transition.share();
        if (transition.keepsHealth()) {
            return;
        }
        boolean wasOut = health == Health.UNHEALTHY;
        health = transition.to();
        last = transition;
        if (wasOut && health.available()) {
            warmSince = transition.at();
        } else if (!health.available()) {
            warmSince = MemberState.NOT_WARMING;
        }
    }
}
