package io.weir.simulation;

/** An app's bytes go to workers in the jurisdictions of its residency alone, whatever happens. */
final class ResidencyIsKept implements Invariant {
    private final Rules rules;

    ResidencyIsKept(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void picked(Pick pick) {
        look(pick.worker());
    }

    @Override
    public void written(SimulatedClient client, Ledger.Entry worker) {
        look(worker);
    }

    private void look(Ledger.Entry worker) {
        if (!worker.app().failover().admits(worker.jurisdiction())) {
            rules.broken(this, worker + " is in " + worker.jurisdiction() + ", residency is " + worker.app().failover().residencyText());
        }
    }
}
