package io.weir.balancing;

/** What a target must be to be picked. The strictest bar that anybody clears holds, so that a rule never leaves a request without target. */
enum Bar {
    /** Not tried, not resting, and in another zone than the last attempt's: what failed there may fail there again. */
    ELSEWHERE {
        @Override
        boolean admits(Target target, Attempts attempts, long now) {
            Target last = attempts.last();
            return (last == null || !target.zone().equals(last.zone())) && READY.admits(target, attempts, now);
        }
    },
    /** Not tried, and not resting after it refused connections. */
    READY {
        @Override
        boolean admits(Target target, Attempts attempts, long now) {
            return UNTRIED.admits(target, attempts, now) && target.connectable(now);
        }
    },
    /** Not tried, and taking traffic. */
    UNTRIED {
        @Override
        boolean admits(Target target, Attempts attempts, long now) {
            return target.weight() > 0 && !attempts.contains(target);
        }
    };

    abstract boolean admits(Target target, Attempts attempts, long now);
}
