package io.weir.control;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a failover of an app took. Durations are counted from the first sign of trouble: the first failed attempt or check; of an evacuation,
 * from the word.
 *
 * @param lost what traffic left: {@code zone ca-c1a}, {@code tier ca-c1}
 * @param evacuated whether people sent it away, rather than a fault
 * @param began when the first sign was
 * @param detected until the verdict on the last of the workers whose loss it was
 * @param decided until the plan that sends traffic elsewhere was in force
 * @param answered until the first good answer from elsewhere after that, to 0.1 s; null: there was none
 * @param moved until {@code 99 %} of the traffic went elsewhere; null unless {@code outcome} is {@link Outcome#MOVED}
 * @param failed requests that failed by the fault of workers from the first sign on
 * @param retried requests that were answered by another worker than the first
 * @param objective how soon it is to be over; null: nobody has said
 */
public record Measured(
        String app,
        String lost,
        boolean evacuated,
        Instant began,
        Duration detected,
        Duration decided,
        @Nullable Duration answered,
        @Nullable Duration moved,
        Outcome outcome,
        int failed,
        int retried,
        @Nullable Duration objective) {

    /** What was found of the traffic. */
    public enum Outcome {
        /** 99 % went elsewhere, in a second with 100 requests or more. */
        MOVED,
        /** No second had 100 requests: how much of them went where is chance. */
        TOO_LITTLE_TRAFFIC,
        /** More than 1 % still ended at workers that were to get none when the measuring was given up. */
        NOT_MOVED
    }

    /** How long it took as far as is known: until traffic had moved, else until a good answer from elsewhere, else until the decision. */
    public Duration took() {
        if (moved != null) {
            return moved;
        }
        return answered == null ? decided : answered;
    }

    /** Whether there is an objective, and it was not met. */
    public boolean missed() {
        return objective != null && (outcome == Outcome.NOT_MOVED || took().compareTo(objective) > 0);
    }
}
