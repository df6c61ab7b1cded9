package io.weir.simulation;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rules of a world, and the first of them that was broken. */
final class Rules {
    private final SimulatedTime time;
    private final Sabotage sabotage;
    private final List<Invariant> all;
    private @Nullable Violation violation;

    Rules(SimulatedTime time, Ledger ledger, Sabotage sabotage, long lag) {
        this.time = time;
        this.sabotage = sabotage;
        this.all = List.of(
                new ResidencyIsKept(this),
                new NobodyIllIsPicked(this, lag),
                new DeadAreLeft(this, lag),
                new EvacuatedStayOut(this, ledger, lag),
                new WeightlessStayOut(this),
                new EjectionsAreBounded(this, ledger),
                new AttemptsAreBounded(this, time),
                new EndsOnce(this, time, lag),
                new SharesSumToOne(this),
                new PlansAreStaffed(this),
                new PanicIsEarned(this),
                new ReturnsAreRamped(this),
                new ReturnsAreHeld(this, time),
                new ReturnsAreTimely(this, time, ledger, lag),
                new MovesAreFew(this));
    }

    void each(Consumer<Invariant> told) {
        all.forEach(told);
    }

    void broken(Invariant rule, String detail) {
        broken(rule.getClass().getSimpleName(), detail);
    }

    void broken(String rule, String detail) {
        if (violation == null && sabotage.looksAt(rule)) {
            violation = new Violation(rule, detail, time.age());
        }
    }

    @Nullable Violation violation() {
        return violation;
    }
}
