package io.weir.simulation;

/** A tier is in panic only while all tiers together can't carry the traffic, and it is itself below the threshold. */
final class PanicIsEarned implements Invariant {
    private final Rules rules;

    PanicIsEarned(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void planned(PlanChange change) {
        Reckoning known = change.reckoning();
        double threshold = change.steered().app().failover().panic();
        for (int i = 0; i < change.tiers(); i++) {
            boolean may = !known.enough() && known.staffed()[i] && known.health()[i] < threshold;
            if (change.plan().tiers().get(i).panic() && !may) {
                rules.broken(this, "%s: tier %s is in panic, with %.2f of it well and capacities of %.2f in all"
                        .formatted(change.steered(), change.plan().tiers().get(i).name(), known.health()[i], known.all()));
            }
        }
    }
}
