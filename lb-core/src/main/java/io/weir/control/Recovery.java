package io.weir.control;

import io.weir.balancing.Seconds;
import io.weir.control.Measured.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Measures one failover of one app: a state machine that is told of plans and asked at each tick. Times are ns on the control thread's clock.
 *
 * <pre>
 * from     when                                                                   to
 * MOVING   another plan takes traffic away from more workers                      MOVING, everything behind the decision begins anew
 *          a whole second from the decision on had 100 requests or more, at most
 *          1 % of them at workers that serve no longer                            MOVED
 *          10 s from the decision on no second had 100 requests                   TOO_LITTLE_TRAFFIC
 *          60 s from the decision on                                              NOT_MOVED
 * </pre>
 *
 * <p>An attempt is counted in the second in which it ends: the second in which traffic has moved is also free of those that waited for lost
 * workers in vain. So a failover never looks shorter than it was.
 */
final class Recovery {
    /** Fewer requests in a second say nothing of where traffic goes. */
    static final int ENOUGH = 100;

    /** Of 100 requests, those that may still be astray when the traffic has moved. */
    private static final int ASTRAY_PERCENT = 1;

    private static final long SECOND = 1_000_000_000L;
    private static final long QUIET = 10 * SECOND;
    private static final long PATIENCE = 60 * SECOND;

    /** The app's requests by the second in which they ended, as far back as {@link Seconds} remembers. */
    interface Flow {
        /** All. */
        int requests(long second);

        /** At workers that serve no longer. */
        int astray(long second);

        /** Answered well by those that do. */
        int goodElsewhere(long second);
    }

    private final long firstSign;
    private long detected;
    private long decided;
    private long answered = Long.MIN_VALUE;
    private long moved = Long.MIN_VALUE;
    /** Good answers in the second of the decision that came before it. */
    private int goodBefore;
    /** The next second to look at. */
    private long nextSecond;
    private boolean enough;
    private @Nullable Outcome outcome;

    Recovery(long firstSign, long detected, long decided, Flow flow) {
        this.firstSign = Math.min(firstSign, decided);
        this.detected = detected;
        this.decided = decided;
        decided(flow);
    }

    private void decided(Flow flow) {
        nextSecond = Seconds.of(decided);
        goodBefore = flow.goodElsewhere(nextSecond);
        answered = Long.MIN_VALUE;
        enough = false;
    }

    /** More workers were lost before the traffic had moved. */
    void extend(long laterDetected, long laterDecided, Flow flow) {
        detected = Math.max(detected, laterDetected);
        decided = laterDecided;
        decided(flow);
    }

    /** Looks at what has come; returns what came of it, or null while it goes on. */
    @Nullable Outcome tick(long now, Flow flow) {
        if (outcome != null) {
            return outcome;
        }
        if (answered == Long.MIN_VALUE && answeredElsewhere(now, flow)) {
            answered = now;
        }
        for (; nextSecond < Seconds.of(now); nextSecond++) {
            int all = flow.requests(nextSecond);
            if (all >= ENOUGH) {
                enough = true;
                if (100L * flow.astray(nextSecond) <= (long) ASTRAY_PERCENT * all) {
                    moved = Math.max(decided, nextSecond * SECOND);
                    outcome = Outcome.MOVED;
                    return outcome;
                }
            }
        }
        if (!enough && now - decided >= QUIET) {
            outcome = Outcome.TOO_LITTLE_TRAFFIC;
        } else if (now - decided >= PATIENCE) {
            outcome = Outcome.NOT_MOVED;
        }
        return outcome;
    }

    private boolean answeredElsewhere(long now, Flow flow) {
        long from = Seconds.of(decided);
        for (long second = Math.max(from, Seconds.of(now) - Seconds.KEPT); second <= Seconds.of(now); second++) {
            if (flow.goodElsewhere(second) > (second == from ? goodBefore : 0)) {
                return true;
            }
        }
        return false;
    }

    long firstSign() {
        return firstSign;
    }

    /** Ns since the first sign until the verdict. */
    long toDetected() {
        return Math.max(0, detected - firstSign);
    }

    long toDecided() {
        return decided - firstSign;
    }

    /** −1: there was no good answer yet. */
    long toAnswered() {
        return answered == Long.MIN_VALUE ? -1 : answered - firstSign;
    }

    /** −1: traffic has not moved, as far as is known. */
    long toMoved() {
        return moved == Long.MIN_VALUE ? -1 : moved - firstSign;
    }
}
