package io.weir.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Targets that are preferred alike and may serve now, and the policy that picks among them. Immutable. */
public final class Tier {
    private final String name;
    private final List<Target> targets;
    private final Policy policy;
    private final boolean panic;
    private final List<Warming> warming;
    /** Picks among those that are not warming up; null if none is. */
    private final @Nullable Policy settled;
    private final boolean takesTraffic;

    /** A tier of that name (a region) with these targets, served in turn. */
    public Tier(String name, List<? extends Target> targets) {
        this(name, targets, Balance.ROUND_ROBIN);
    }

    public Tier(String name, List<? extends Target> targets, Balance balance) {
        this(name, targets, balance, false, List.of());
    }

    /**
     * @param name as people know it: a region, or a zone of one
     * @param targets that may serve: the available ones, or in panic all enabled ones
     * @param panic whether health is not trusted
     * @param warming those of the targets that have become well lately
     */
    public Tier(String name, List<? extends Target> targets, Balance balance, boolean panic, List<Warming> warming) {
        this.name = name;
        this.targets = List.copyOf(targets);
        this.policy = balance.over(this.targets);
        this.panic = panic;
        this.warming = List.copyOf(warming);
        this.settled = warming.isEmpty() ? null : balance.over(withoutWarming());
        this.takesTraffic = targets.stream().anyMatch(target -> target.weight() > 0);
    }

    public String name() {
        return name;
    }

    public List<Target> targets() {
        return targets;
    }

    private List<Target> withoutWarming() {
        return targets.stream().filter(target -> part(target) == null).toList();
    }

    private @Nullable Line part(Target target) {
        for (int i = 0; i < warming.size(); i++) {
            if (warming.get(i).target().equals(target)) {
                return warming.get(i).part();
            }
        }
        return null;
    }

    /** Whether too few of its workers are well to trust health: then all that are enabled serve. */
    public boolean panic() {
        return panic;
    }

    public List<Warming> warming() {
        return warming;
    }

    /** The policy's pick of those that the bar admits. One that warms up is passed over now and then for one that doesn't, if there is one. */
    @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw) {
        Target picked = policy.pick(bar, attempts, now, draw);
        if (settled != null && picked != null) {
            Line part = part(picked);
            if (part != null && draw.luck(Draw.WARMING, attempts.count()) >= part.at(now)) {
                Target other = settled.pick(bar, attempts, now, draw);
                return other == null ? picked : other;
            }
        }
        return picked;
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
