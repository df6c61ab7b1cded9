package io.weir.config;

import java.time.Duration;

/**
 * How traffic comes back to a tier that is well again.
 *
 * @param manual whether it waits for a person
 * @param hold how long it must have been well first; doubles with each relapse within ten times as long, up to {@link #LONGEST_HOLD}
 * @param ramp over how long its share then comes back
 */
public record FailbackSettings(boolean manual, Duration hold, Duration ramp) {

    static final Bounds<Duration> HOLD = Bounds.time(Duration.ZERO, Duration.ofHours(24));
    static final Bounds<Duration> RAMP = Bounds.time(Duration.ZERO, Duration.ofHours(1));

    public static final FailbackSettings DEFAULTS = new FailbackSettings(false, Duration.ofMinutes(1), Duration.ofSeconds(30));

    /** What holds grow to, unless one is longer by itself. */
    public static final Duration LONGEST_HOLD = Duration.ofMinutes(30);

    public FailbackSettings {
        HOLD.check("hold", hold);
        RAMP.check("ramp", ramp);
    }
}
