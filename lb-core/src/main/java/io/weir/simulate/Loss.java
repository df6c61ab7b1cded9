package io.weir.simulate;

import io.weir.failover.MemberState;
import io.weir.failover.Scope;
import io.weir.health.AdminState;
import io.weir.health.Health;

/** Workers that are tried out to be lost, or sent away, together. */
public record Loss(Scope scope, Means means) {
    /** How they go. */
    public enum Means {
        /** Checks convict them. */
        FAILURE("lose"),
        /** Somebody sends their traffic elsewhere. */
        EVACUATION("evacuate"),
        /** The same, and they don't serve even if nothing else is left. */
        HARD_EVACUATION("evacuate hard");

        private final String word;

        Means(String word) {
            this.word = word;
        }
    }

    /** What it makes of a worker. */
    MemberState of(MemberState state) {
        if (!scope.covers(state.member().worker())) {
            return state;
        }
        return switch (means) {
            case FAILURE -> new MemberState(state.member(), Health.UNHEALTHY, state.admin(), MemberState.NOT_WARMING);
            case EVACUATION -> sentAway(state, AdminState.EVACUATED);
            case HARD_EVACUATION -> sentAway(state, AdminState.EVACUATED_HARD);
        };
    }

    /** As an evacuation does: what people have said before and says more, stays. */
    private static MemberState sentAway(MemberState state, AdminState admin) {
        return state.admin().compareTo(admin) >= 0 || state.admin() == AdminState.DISABLED || state.admin() == AdminState.DRAINING
                ? state
                : new MemberState(state.member(), state.health(), admin, state.warmSince(), state.share());
    }

    @Override
    public String toString() {
        return means.word + " " + scope;
    }
}
