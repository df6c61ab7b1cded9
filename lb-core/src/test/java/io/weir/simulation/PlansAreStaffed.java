package io.weir.simulation;

/** A plan gives traffic to nobody only if nobody is enabled, or nobody is well and {@code panic} is 0 %; and never to a tier with nobody. */
final class PlansAreStaffed implements Invariant {
    private final Rules rules;

    PlansAreStaffed(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void planned(PlanChange change) {
        double sum = 0;
        for (int i = 0; i < change.tiers(); i++) {
            double share = change.share(i);
            sum += share;
            if (share > 0 && change.plan().tiers().get(i).targets().stream().noneMatch(target -> target.weight() > 0)) {
                rules.broken(this, change.steered() + " gives " + share + " to tier " + change.plan().tiers().get(i).name() + ", which has nobody");
            }
        }
        Reckoning known = change.reckoning();
        boolean excused = !known.anyStaffed() || (known.all() == 0 && change.steered().app().failover().panic() == 0);
        if (sum == 0 && !excused) {
            rules.broken(this, change.steered() + " is served by nobody, and somebody is enabled");
        }
    }
}
