package io.weir.simulation;

import io.weir.balancing.Tier;
import io.weir.health.HealthTransition;
import io.weir.health.HealthTransition.Cause;

/** What happened in a world: to see that worlds are not idle, and that the same scenario is the same world. */
final class Tally {
    private int panics;
    private int ejections;
    private int moves;
    private int ramps;
    private long digest;

    void picked(Pick pick) {
        digest = 31 * digest + pick.now() + 17L * pick.target().name().hashCode();
    }

    void planned(PlanChange change) {
        digest = 31 * digest + change.now();
        panics += change.plan().tiers().stream().anyMatch(Tier::panic) ? 1 : 0;
        boolean any = change.tiers() > 0;
        moves += any && change.shareBefore(0) > 0.5 && change.share(0) < 0.5 ? 1 : 0;
        ramps += any && change.plan().shares().getFirst().to() > change.share(0) ? 1 : 0;
    }

    void announced(HealthTransition transition) {
        digest = 31 * digest + transition.at() + transition.to().name().length();
        ejections += transition.cause() == Cause.FAILURES || transition.cause() == Cause.SUCCESS_RATE ? 1 : 0;
    }

    /** Plans in which a tier was in panic. */
    int panics() {
        return panics;
    }

    int ejections() {
        return ejections;
    }

    /** Times that a first tier lost more than half of the traffic. */
    int moves() {
        return moves;
    }

    /** Plans in which a first tier's share rises. */
    int ramps() {
        return ramps;
    }

    /** Of every pick, plan and change of health. */
    long digest() {
        return digest;
    }
}
