package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/**
 * What a target must be to be picked. Within a tier the strictest that anybody clears holds, so that a rule never leaves a request without
 * target.
 */
public enum Bar {
    /** Not tried, not resting, and in another zone than the last attempt's: what failed there may fail there again. */
    ELSEWHERE,
    /** Not tried, and not resting after it refused connections. */
    READY,
    /** Not tried, and taking traffic. */
    UNTRIED;

    boolean admits(Target target, Attempts attempts, long now) {
        return target.weight() > 0
                && !attempts.contains(target)
                && (this == UNTRIED || (target.connectable(now) && (this == READY || isElsewhere(target, attempts.last()))));
    }

    private static boolean isElsewhere(Target target, @Nullable Target last) {
        return last == null || !target.zone().equals(last.zone());
    }

    /** Why it doesn't admit the target; null if it does. */
    @Nullable Obstacle obstacle(Target target, Attempts attempts, long now) {
        if (admits(target, attempts, now)) {
            return null;
        }
        if (target.weight() == 0) {
            return Obstacle.NO_WEIGHT;
        }
        if (attempts.contains(target)) {
            return Obstacle.TRIED;
        }
        return target.connectable(now) ? Obstacle.SAME_ZONE : Obstacle.RESTING;
    }
}
