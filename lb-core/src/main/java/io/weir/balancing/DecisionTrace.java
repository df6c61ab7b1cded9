package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Records a decision's steps, in order, with the reason of each. Ask with one of your own; not for threads to share. */
public final class DecisionTrace {
    /**
     * No trace. Read from here and not written as null, since that loads this class before decisions are compiled: HotSpot inlines no method
     * whose signature names a class that isn't loaded.
     */
    static final @Nullable DecisionTrace NONE = null;

    private final List<TraceStep> steps = new ArrayList<>();

    void told(TraceStep step) {
        steps.add(step);
    }

    public List<TraceStep> steps() {
        return List.copyOf(steps);
    }

    /** A line for each step. */
    @Override
    public String toString() {
        return steps.stream().map(TraceStep::text).collect(Collectors.joining("\n"));
    }
}
