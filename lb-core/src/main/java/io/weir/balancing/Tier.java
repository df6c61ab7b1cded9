package io.weir.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Targets that are preferred alike, and the policy that picks among them. Immutable. */
public final class Tier {
    private final String name;
    private final List<Target> targets;
    private final Policy policy;
    private final boolean takesTraffic;

    /** A tier of that name (a region) with these targets, served in turn. */
    public Tier(String name, List<? extends Target> targets) {
        this(name, targets, Balance.ROUND_ROBIN);
    }

    public Tier(String name, List<? extends Target> targets, Balance balance) {
        this.name = name;
        this.targets = List.copyOf(targets);
        this.policy = balance.over(this.targets);
        this.takesTraffic = targets.stream().anyMatch(target -> target.weight() > 0);
    }

    public String name() {
        return name;
    }

    public List<Target> targets() {
        return targets;
    }

    Policy policy() {
        return policy;
    }

    /** Whether a target of it has weight. */
    boolean takesTraffic() {
        return takesTraffic;
    }

    /** The target whose mark a request carries, or null. */
    @Nullable Target marked(Draw draw) {
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            if (draw.isMarkedFor(target)) {
                return target;
            }
        }
        return null;
    }
}
