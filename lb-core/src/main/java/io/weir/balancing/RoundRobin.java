package io.weir.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One after the other, by the pool's running number: over a whole rotation each target gets exactly its share.
 *
 * <p>While several tiers have a share, a tier sees the numbers of those requests only that luck gives it. Luck knows nothing of the numbers,
 * so each target's share is the same on average, and after n requests within √n or so. A number of each tier's own would keep it exact,
 * and be one more counter that all loops write for each request, for the sake of minutes.
 */
final class RoundRobin implements Policy {
    private final Rotation rotation;

    RoundRobin(List<Target> targets) {
        rotation = new Rotation(targets);
    }

    @Override
    public @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        int length = rotation.length();
        int place = length == 0 ? 0 : Integer.remainderUnsigned(draw.turn(), length);
        Target picked = rotation.from(place, null, bar, attempts, now, draw);
        if (trace != null && picked != null) {
            trace.told(new TraceStep.Turn(draw.turn(), place, length, rotation.at(place).name(), picked.name()));
        }
        return picked;
    }

    @Override
    public @Nullable Double cost(Target target, long now, Draw draw) {
        return null;
    }
}
