package io.weir.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One after the other, by the pool's running number: over a whole rotation each target gets exactly its share. */
final class RoundRobin implements Policy {
    private final Rotation rotation;

    RoundRobin(List<Target> targets) {
        rotation = new Rotation(targets);
    }

    @Override
    public @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw) {
        int length = rotation.length();
        return length == 0 ? null : rotation.from(Integer.remainderUnsigned(draw.turn(), length), null, bar, attempts, now);
    }
}
