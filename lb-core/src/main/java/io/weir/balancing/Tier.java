package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Targets that are preferred alike and may serve now, and the policy that picks among them. Immutable. */
public final class Tier {
    private final String name;
    private final List<Target> targets;
    private final Balance balance;
    private final Policy policy;
    private final boolean panic;
    private final List<Warming> warming;
    /** Null if none of its targets warms up, and so is {@link #settled}. */
    private final @Nullable Warmth warmth;
    /** Picks among those that don't. */
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
        this.balance = balance;
        this.panic = panic;
        this.warming = List.copyOf(warming);
        this.warmth = warming.isEmpty() ? null : new Warmth(warming);
        this.policy = balance.over(this.targets, warmth);
        this.settled = warmth == null ? null : balance.insteadOfWarming(warmth.settled(this.targets));
        this.takesTraffic = targets.stream().anyMatch(target -> target.weight() > 0);
    }

    public String name() {
        return name;
    }

    public List<Target> targets() {
        return targets;
    }

    /** Whether too few of its workers are well to trust health: then all that are enabled serve. */
    public boolean panic() {
        return panic;
    }

    public List<Warming> warming() {
        return warming;
    }

    /** The policy's pick of those that the bar admits. One that warms up is passed over now and then for one that doesn't, if there is one. */
    @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        if (trace != null) {
            trace.told(new TraceStep.Question(name, bar, candidates(bar, attempts, now, draw)));
        }
        Target picked = policy.pick(bar, attempts, now, draw, trace);
        if (warmth == null || settled == null || picked == null) {
            return picked;
        }
        double part = warmth.part(picked, now);
        if (part >= 1) {
            return picked;
        }
        double luck = balance == Balance.HASH ? draw.luckOfKey(Draw.WARMING) : draw.luck(Draw.WARMING, attempts.count());
        Target instead = luck < part ? null : settled.pick(bar, attempts, now, draw, trace);
        if (trace != null) {
            trace.told(new TraceStep.Warm(picked.name(), part, luck, instead == null ? null : instead.name()));
        }
        return instead == null ? picked : instead;
    }

    private List<TraceStep.Candidate> candidates(Bar bar, Attempts attempts, long now, Draw draw) {
        List<TraceStep.Candidate> candidates = new ArrayList<>(targets.size());
        for (Target target : targets) {
            Obstacle obstacle = bar.obstacle(target, attempts, now);
            candidates.add(new TraceStep.Candidate(
                    target.name(),
                    target.zone(),
                    target.weight(),
                    target.inFlight(),
                    target.latencyAverage(),
                    warmth == null ? 1 : warmth.part(target, now),
                    target.weight() == 0 ? null : policy.cost(target, now, draw),
                    obstacle));
        }
        return candidates;
    }

    /** The same tier of other targets, which stand for its own. */
    Tier onto(Function<? super Target, ? extends Target> copies) {
        List<Warming> warm = warming.stream().map(it -> new Warming(copies.apply(it.target()), it.part())).toList();
        return new Tier(name, targets.stream().map(copies).toList(), balance, panic, warm);
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
