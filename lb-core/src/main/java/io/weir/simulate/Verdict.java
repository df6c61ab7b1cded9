package io.weir.simulate;

import io.weir.failover.Outlook;
import io.weir.failover.TierOutlook;
import java.util.Locale;

/** What becomes of an app's requests of one kind, the worst first. */
public enum Verdict {
    /** Nobody who is well may serve. */
    DARK,
    /** The same, and somebody would, if the app's residency admitted his region. */
    STOPPED_BY_RESIDENCY,
    /** Those who were sent away serve all the same: nothing else is enabled. */
    NOTHING_ELSE_LEFT,
    /** Too few are well to carry the traffic, and health is not trusted any more. */
    PANIC,
    /** Somebody gets more than he can be expected to carry. */
    OVERLOADED,
    /** Shares change, or who serves. */
    MOVED,
    UNTOUCHED;

    /** As pages write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** From DARK to PANIC, for an outlook by itself; else UNTOUCHED. */
    static Verdict of(Outlook outlook, boolean someoneOutside) {
        double capacity = outlook.tiers().stream().mapToDouble(TierOutlook::capacity).sum();
        if (capacity == 0) {
            return someoneOutside ? STOPPED_BY_RESIDENCY : DARK;
        }
        if (outlook.recalled()) {
            return NOTHING_ELSE_LEFT;
        }
        return outlook.tiers().stream().anyMatch(TierOutlook::panic) ? PANIC : UNTOUCHED;
    }

    /** Whether requests fail, or may. */
    boolean harms() {
        return this == DARK || this == STOPPED_BY_RESIDENCY || this == PANIC;
    }
}
