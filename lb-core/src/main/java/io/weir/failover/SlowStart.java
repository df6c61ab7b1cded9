package io.weir.failover;

import io.weir.balancing.Line;
import io.weir.balancing.Warming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those of a tier's workers that begin slowly. The rest takes what they leave, so it must be at least half of the tier, by weight: else
 * few workers would be flooded for the sake of many, and all begin at once.
 *
 * @param nextWarm when the first of them has its whole share, in ns; {@link Outlook#NEVER}: nobody begins slowly
 */
record SlowStart(List<Warming> warming, long nextWarm) {
    /** Of a worker's share of the tier, what it gets when it begins. */
    private static final double COLD = 0.1;

    private static final SlowStart NONE = new SlowStart(List.of(), Outlook.NEVER);

    static SlowStart of(List<MemberState> serving, @Nullable Duration length, boolean panic, long now) {
        if (length == null || panic) {
            return NONE;
        }
        List<Warming> warming = new ArrayList<>();
        long nextWarm = Outlook.NEVER;
        long weight = 0;
        long warmingWeight = 0;
        for (int i = 0; i < serving.size(); i++) {
            MemberState state = serving.get(i);
            weight += state.member().target().weight();
            if (state.warmSince() != MemberState.NOT_WARMING && now - state.warmSince() < length.toNanos()) {
                long end = state.warmSince() + length.toNanos();
                warming.add(new Warming(state.member().target(), new Line(COLD, 1, state.warmSince(), end)));
                warmingWeight += state.member().target().weight();
                nextWarm = Math.min(nextWarm, end);
            }
        }
        return warming.isEmpty() || 2 * warmingWeight > weight ? NONE : new SlowStart(warming, nextWarm);
    }
}
