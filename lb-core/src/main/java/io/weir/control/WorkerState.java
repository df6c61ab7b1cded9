package io.weir.control;

import io.weir.balancing.Traffic;
import io.weir.config.CheckSettings;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.AnswerWindow;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import java.util.List;
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

    /** It is known what another one, of the same worker, knew until now. */
    void goOnFrom(WorkerState before) {
        health = before.health;
        warmSince = before.warmSince;
        share = before.share;
        last = before.last;
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

    /**
     * Whether further good answers change nothing, when its pool has had no others for {@code quiet} ns: it is healthy, so they prove nothing;
     * its silence is an interval of its check in the past, so suspicion has no more patience than at first; and nobody has failed in the
     * window in which its answers are compared.
     */
    boolean isIndifferent(long quiet) {
        CheckSettings check = app.health(member.worker().region()).check();
        return health == Health.HEALTHY && quiet >= AnswerWindow.LENGTH && (check == null || quiet >= check.interval().toNanos());
    }

    /** Good answers of it are told of from now on. */
    void hear() {
        Traffic traffic = member.target().seen();
        if (traffic != null) {
            traffic.hear();
        }
    }

    /** The workers whose answers are compared with its own, with it. */
    List<WorkerState> pool() {
        String region = member.worker().region();
        return app.workers().stream().filter(each -> each.member().worker().region().equals(region)).toList();
    }

    void become(HealthTransition transition) {
        share = transition.share();
        if (transition.keepsHealth()) {
            return;
        }
        boolean wasOut = health == Health.UNHEALTHY || transition.to() == Health.PROBATION; // as one is that another process has seen come back
        health = transition.to();
        last = transition;
        if (wasOut && health.available()) {
            warmSince = transition.at();
        } else if (!health.available()) {
            warmSince = MemberState.NOT_WARMING;
        }
    }
}
