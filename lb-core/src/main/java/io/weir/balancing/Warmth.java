package io.weir.balancing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which of a tier's targets warm up, and how far each is. Immutable. */
final class Warmth {
    /** A part counts as this at least where costs are divided by it. */
    private static final double LEAST = 0.001;

    private final Map<Target, Line> parts = new HashMap<>();

    Warmth(List<Warming> warming) {
        warming.forEach(it -> parts.put(it.target(), it.part()));
    }

    /** The part of its share that the target gets at {@code now} ns: 1 if it isn't warming up. */
    double part(Target target, long now) {
        Line part = parts.get(target);
        return part == null ? 1 : part.at(now);
    }

    /** What counts as the target's weight at {@code now} ns, beside others of which none or some warm up. */
    static double weight(@Nullable Warmth warmth, Target target, long now) {
        return warmth == null ? target.weight() : target.weight() * Math.max(LEAST, warmth.part(target, now));
    }

    /** Those of the targets that don't warm up. */
    List<Target> settled(List<Target> targets) {
        return targets.stream().filter(target -> !parts.containsKey(target)).toList();
    }
}
