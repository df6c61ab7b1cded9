package io.weir.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same target for the same key, while none has more than its share of the load times {@link #BOUND}; a key whose target is full goes to
 * the next in the key's own order.
 *
 * <p>That order is by weighted rendezvous (Thaler and Ravishankar, 1998; Schindelhauer and Schomaker, 2005, for the weights): each target
 * has a number u in (0, 1) for each key, and the one with the least −ln u / weight comes first. A target's share of the keys is exactly its
 * share of the weights; one that leaves gives away its own keys alone, one that joins takes its share of each of the others', and no other
 * key moves. The bound is Mirrokni, Thorup and Zadimoghaddam's (Consistent Hashing with Bounded Loads, 2016).
 *
 * <p>A pick looks at every target, once, or three times when load is looked at.
 */
final class ConsistentHash implements Policy {
    /** How far a target's load may be above its share. */
    static final double BOUND = 1.25;

    private static final double UNIT = 0x1p-53;

    private final Target[] targets;
    /** Then the order is the hashes' own, and no logarithm is needed for it. */
    private final boolean equalWeights;

    ConsistentHash(List<Target> targets) {
        this.targets = targets.stream().filter(target -> target.weight() > 0).toArray(Target[]::new);
        boolean equal = true;
        for (Target target : this.targets) {
            equal &= target.weight() == this.targets[0].weight();
        }
        this.equalWeights = equal;
    }

    @Override
    public @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        double most = Double.POSITIVE_INFINITY;
        Target home = first(draw.key(), bar, attempts, now, most);
        Target picked = home;
        if (home != null && home.inFlight() > 0) { // else it is within any bound
            most = most(bar, attempts, now);
            if (!hasRoom(home, most)) {
                Target next = first(draw.key(), bar, attempts, now, most);
                picked = next == null ? home : next; // null only if loads change meanwhile: they can't all be above their mean
            }
        }
        if (trace != null && home != null && picked != null) {
            Double room = Double.isInfinite(most) ? null : roomFor(home, most);
            trace.told(new TraceStep.Hash(draw.key(), home.name(), home.inFlight(), room, picked.name()));
        }
        return picked;
    }

    /** What a target may have under way, with this request, for each unit of its weight. */
    private double most(Bar bar, Attempts attempts, long now) {
        long load = 1; // with this request
        long weights = 0;
        for (Target target : targets) {
            if (bar.admits(target, attempts, now)) {
                load += target.inFlight();
                weights += target.weight();
            }
        }
        return BOUND * load / weights;
    }

    private static boolean hasRoom(Target target, double most) {
        return target.inFlight() < roomFor(target, most);
    }

    /** How many it may have under way: {@code most} for each unit of weight, rounded up to whole requests. */
    private static double roomFor(Target target, double most) {
        return Math.ceil(most * target.weight());
    }

    private @Nullable Target first(long key, Bar bar, Attempts attempts, long now, double most) {
        return equalWeights ? firstOfEquals(key, bar, attempts, now, most) : firstByWeight(key, bar, attempts, now, most);
    }

    private @Nullable Target firstOfEquals(long key, Bar bar, Attempts attempts, long now, double most) {
        Target best = null;
        long highest = -1;
        for (Target target : targets) {
            long score = score(key, target);
            if (score > highest && bar.admits(target, attempts, now) && hasRoom(target, most)) {
                highest = score;
                best = target;
            }
        }
        return best;
    }

    /** Since −ln u is at least 1 − u, most targets are seen to come behind the best so far without a logarithm. */
    private @Nullable Target firstByWeight(long key, Bar bar, Attempts attempts, long now, double most) {
        Target best = null;
        double least = Double.POSITIVE_INFINITY;
        for (Target target : targets) {
            double u = (score(key, target) + 0.5) * UNIT;
            if (1 - u < least * target.weight()) {
                double distance = -Math.log(u) / target.weight();
                if (distance < least && bar.admits(target, attempts, now) && hasRoom(target, most)) {
                    least = distance;
                    best = target;
                }
            }
        }
        return best;
    }

    /** 53 bits that are the target's own for this key. */
    private static long score(long key, Target target) {
        return Fingerprint.mix(key ^ target.fingerprint()) >>> 11;
    }

    /** How far behind the first the target comes in the key's order, on a scale of its own. */
    @Override
    public Double cost(Target target, long now, Draw draw) {
        return -Math.log((score(draw.key(), target) + 0.5) * UNIT) / target.weight();
    }
}
