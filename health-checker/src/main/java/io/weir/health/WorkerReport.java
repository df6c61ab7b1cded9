package io.weir.health;

import io.weir.topology.Worker;
import org.jspecify.annotations.Nullable;

/**
 * How one worker is at one moment, for pages. Points in time are ns on the monitor's clock.
 *
 * @param since when it became so
 * @param cause what made it so; null: nothing has yet
 * @param detail what was seen then, for people
 * @param suspected whether it is being checked at once and every 500 ms until that is settled
 * @param lastCheck what its last check found, or null if there was none
 * @param checkedAt when it found that; 0 if there was none
 * @param failedChecks in a row
 * @param failedAnswers in a row
 * @param ejections times that answers took it out, so far
 * @param ejected whether it is out by answers now: until {@code ejectedUntil}, else 0
 */
public record WorkerReport(
        Worker worker,
        Health health,
        long since,
        HealthTransition.@Nullable Cause cause,
        String detail,
        boolean suspected,
        @Nullable CheckResult lastCheck,
        long checkedAt,
        int failedChecks,
        int failedAnswers,
        int ejections,
        boolean ejected,
        long ejectedUntil) {}
