package io.weir.simulation;

import io.weir.health.HealthTransition;
import io.weir.health.WorkerReport;
import java.util.List;

/** A rule that must hold at every moment of a world. It is told what happens, and tells {@link Rules} what is wrong. */
interface Invariant {
    /** An attempt is about to be made at a target. */
    default void picked(Pick pick) {}

    /** A request has gone out to a worker. */
    default void written(SimulatedClient client, Ledger.Entry worker) {}

    /** An attempt at a worker came to nothing, since nobody answered. */
    default void silent(Ledger.Entry worker, long now) {}

    /** A request is tried again after it had gone out: that was decided at {@code at} ns. */
    default void repeated(SimulatedClient client, long at) {}

    /** A request came. */
    default void came(SimulatedClient client) {}

    /** A request is over. */
    default void settled(SimulatedClient client) {}

    /** The monitor has changed its mind about a worker; the ledger says the same already. */
    default void announced(HealthTransition transition, Ledger.Entry worker) {}

    /** How the workers of a pool are, as the monitor says. */
    default void described(List<WorkerReport> pool, Ledger.Entry one) {}

    /** Another plan is in force; {@code before} is that of a moment ago. */
    default void planned(PlanChange change) {}

    /** The control thread has taken news in. What it knows is what {@link Steered#reckoning} says. */
    default void reckoned(Steered steered) {}

    /** Time has passed in which nothing else was told. */
    default void waited(Steered steered) {}

    /** An operator has said that an app's traffic is to come back. */
    default void failBack(String app) {}

    /** Somebody was sent away, or may come back. */
    default void evacuationsChanged() {}
}
