package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Records a decision's steps, in order, with the reason of each. Ask with one of your own; not for threads to share. */
public final class DecisionTrace {
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
