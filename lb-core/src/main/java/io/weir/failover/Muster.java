package io.weir.failover;

import io.weir.health.AdminState;
import io.weir.health.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Who of a tier may serve, counted at the moment of planning. What a tier can carry is a matter of weights; workers of weight 0 are counted
 * for people alone. Immutable once it is made.
 */
final class Muster {
    private final List<MemberState> enabled;
    private int provenCount;
    private int availableCount;
    private long enabledWeight;
    private long provenWeight;
    private double availableWeight;
    /** Of workers that would serve if nothing else were enabled. */
    private long evacuatedWeight;

    private Muster(int members) {
        enabled = new ArrayList<>(members);
    }

    /** @param recall whether evacuated members count as enabled */
    static Muster of(TierSpec tier, Function<Member, MemberState> states, boolean recall) {
        List<Member> members = tier.members();
        Muster muster = new Muster(members.size());
        for (int i = 0; i < members.size(); i++) {
            muster.add(states.apply(members.get(i)), recall);
        }
        return muster;
    }

    private void add(MemberState state, boolean recall) {
        int weight = state.member().target().weight();
        if (state.admin() == AdminState.EVACUATED) {
            evacuatedWeight += weight;
        }
        if (state.admin() != AdminState.ENABLED && !(recall && state.admin() == AdminState.EVACUATED)) {
            return;
        }
        enabled.add(state);
        enabledWeight += weight;
        if (state.health() != Health.UNPROVEN) {
            provenCount++;
            provenWeight += weight;
        }
        if (state.health().available()) {
            availableCount++;
            availableWeight += weight * state.share();
        }
    }

    List<MemberState> enabled() {
        return enabled;
    }

    int proven() {
        return provenCount;
    }

    int available() {
        return availableCount;
    }

    /** Whether people let anybody serve. */
    boolean staffed() {
        return enabledWeight > 0;
    }

    boolean evacuated() {
        return evacuatedWeight > 0;
    }

    boolean anyAvailable() {
        return availableWeight > 0;
    }

    Failback.Trust trust() {
        if (!staffed()) {
            return Failback.Trust.UNSTAFFED;
        }
        if (provenWeight == 0) {
            return Failback.Trust.UNKNOWN;
        }
        return provenWeight < enabledWeight ? Failback.Trust.PARTLY : Failback.Trust.JUDGED;
    }

    /** The share of the proven that is available, or {@code unproven} if nobody is proven. */
    double health(double unproven) {
        if (!staffed()) {
            return 0;
        }
        return provenWeight == 0 ? unproven : availableWeight / provenWeight;
    }

    /** Those who serve. */
    List<MemberState> serving(boolean panic) {
        if (panic || availableCount == enabled.size()) {
            return enabled;
        }
        boolean unproven = provenWeight == 0;
        return enabled.stream().filter(state -> state.health().available() || (unproven && state.health() == Health.UNPROVEN)).toList();
    }
}
