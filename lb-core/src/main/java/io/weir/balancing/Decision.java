package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/** Chooses the tier and picks the target. A pure function of its arguments: the same question gets the same answer, live or in a tool. */
public final class Decision {
    private Decision() {}

    /**
     * The target for the next attempt, or null if every one that may serve has been tried.
     *
     * <p>Targets tried before are out. From the second attempt on another zone than the last one's is preferred. Targets that rest after
     * refusing connections are skipped while another one is left, so never the last.
     *
     * @param now ns on the caller's monotonic clock
     * @param turn the pool's running number for this request, which round-robin serves in order
     */
    public static @Nullable Target decide(Plan plan, Attempts attempts, long now, int turn) {
        Tier tier = plan.choose();
        int length = tier.rotationLength();
        if (length == 0) {
            return null;
        }
        int start = Integer.remainderUnsigned(turn, length);
        if (attempts.count() == 0) {
            Target next = tier.inRotation(start);
            if (next.connectable(now)) {
                return next;
            }
        }
        return search(tier, attempts, now, start);
    }

    private static @Nullable Target search(Tier tier, Attempts attempts, long now, int start) {
        Target last = attempts.last();
        Target sameZone = null;
        Target resting = null;
        int length = tier.rotationLength();
        for (int i = start, n = 0; n < length; n++, i = i + 1 == length ? 0 : i + 1) {
            Target target = tier.inRotation(i);
            if (attempts.contains(target)) {
                continue;
            }
            if (!target.connectable(now)) {
                resting = resting == null ? target : resting;
            } else if (last == null || !target.zone().equals(last.zone())) {
                return target;
            } else {
                sameZone = sameZone == null ? target : sameZone;
            }
        }
        return sameZone != null ? sameZone : resting;
    }
}
