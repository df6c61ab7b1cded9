package io.weir.simulation;

/** Whom the config gives weight 0 gets nothing: not in panic, not in place of others who failed or were sent away. */
final class WeightlessStayOut implements Invariant {
    private final Rules rules;

    WeightlessStayOut(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void picked(Pick pick) {
        if (pick.worker().weight() == 0) {
            rules.broken(this, pick.worker() + " has weight 0");
        }
    }
}
