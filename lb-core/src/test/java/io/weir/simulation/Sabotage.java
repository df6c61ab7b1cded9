package io.weir.simulation;

import io.weir.balancing.Plan;
import io.weir.health.Checks;
import io.weir.health.HealthTransition;
import io.weir.upstream.AttemptFailure;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** A fault in the product itself, put between its parts, that a rule must find. Rules know the truth. */
interface Sabotage {
    Sabotage NONE = new Sabotage() {};

    /** The config that the product reads. */
    default String config(String given) {
        return given;
    }

    /** The changes of health that the control thread hears. */
    default Flux<HealthTransition> heard(Flux<HealthTransition> announced, SimulatedThread health) {
        return announced;
    }

    /** What the monitor says. */
    default Flux<HealthTransition> announced(Flux<HealthTransition> all) {
        return all;
    }

    /** The plan that requests get. */
    default Plan published(Plan before, Plan after) {
        return after;
    }

    default Checks checks(Checks given) {
        return given;
    }

    /** What exchanges are told of a connection that broke; null: nothing. */
    default @Nullable AttemptFailure failure(AttemptFailure how) {
        return how;
    }

    /** Whether the monitor is told what requests see. */
    default boolean passesTrafficOn() {
        return true;
    }

    /** Whether clients are told of each end twice. */
    default boolean endsTwice() {
        return false;
    }

    /** Whether that rule is looked at, where the fault breaks several. */
    default boolean looksAt(String rule) {
        return true;
    }
}
