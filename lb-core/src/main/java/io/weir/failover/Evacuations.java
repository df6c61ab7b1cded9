package io.weir.failover;

import io.weir.health.AdminState;
import io.weir.topology.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The evacuations in force, at most one of each scope. Immutable. */
public record Evacuations(List<Evacuation> all) {
    public static final Evacuations NONE = new Evacuations(List.of());

    public Evacuations {
        all = List.copyOf(all);
    }

    /** With that one, in place of one of the same scope. */
    public Evacuations with(Evacuation evacuation) {
        List<Evacuation> next = new ArrayList<>(without(evacuation.scope()).all);
        next.add(evacuation);
        return new Evacuations(next);
    }

    public Evacuations without(Scope scope) {
        return new Evacuations(all.stream().filter(evacuation -> !evacuation.scope().equals(scope)).toList());
    }

    /** Without those that have ended. */
    public Evacuations at(Instant now) {
        return new Evacuations(all.stream().filter(evacuation -> evacuation.until().isAfter(now)).toList());
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    public @Nullable Evacuation of(Scope scope) {
        return all.stream().filter(evacuation -> evacuation.scope().equals(scope)).findFirst().orElse(null);
    }

    /** When the next one ends, or null. */
    public @Nullable Instant nextEnd() {
        return all.stream().map(Evacuation::until).min(Instant::compareTo).orElse(null);
    }

    /** What they make of a worker; of several the hardest holds. */
    public AdminState of(Worker worker) {
        AdminState state = AdminState.ENABLED;
        for (Evacuation evacuation : all) {
            if (evacuation.scope().covers(worker)) {
                if (evacuation.hard()) {
                    return AdminState.EVACUATED_HARD;
                }
                state = AdminState.EVACUATED;
            }
        }
        return state;
    }
}
