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
        return obstacle(target, attempts, now) == null;
    }

    /** Why it doesn't admit the target; null if it does. */
    @Nullable Obstacle obstacle(Target target, Attempts attempts, long now) {
        if (target.weight() == 0) {
            return Obstacle.NO_WEIGHT;
        }
        if (attempts.contains(target)) {
            return Obstacle.TRIED;
        }
        if (this == UNTRIED) {
            return null;
        }
        if (!target.connectable(now)) {
            return Obstacle.RESTING;
        }
        Target last = attempts.last();
        return this == ELSEWHERE && last != null && target.zone().equals(last.zone()) ? Obstacle.SAME_ZONE : null;
    }
}
