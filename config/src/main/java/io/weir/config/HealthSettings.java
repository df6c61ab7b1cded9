package io.weir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How it is found out whether an app's workers are well.
 *
 * @param check null: they are not asked, are healthy from the start, and traffic alone judges
 * @param ejection null: requests alone never take one out
 * @param slowStart over how long a worker that is well again gets its full share; null: at once
 */
public record HealthSettings(@Nullable CheckSettings check, @Nullable EjectionSettings ejection, @Nullable Duration slowStart) {

    static final Bounds<Duration> SLOW_START = Bounds.time(Duration.ofSeconds(1), Duration.ofMinutes(30));

    public static final HealthSettings DEFAULTS =
            new HealthSettings(CheckSettings.DEFAULT, EjectionSettings.DEFAULTS, Duration.ofSeconds(30));

    public HealthSettings {
        if (slowStart != null) {
            SLOW_START.check("slow-start", slowStart);
        }
    }

    /** The same for workers that want the PROXY protocol, if there is a version. */
    HealthSettings with(@Nullable ProxyVersion version) {
        return check == null || version == null ? this : new HealthSettings(check.with(version), ejection, slowStart);
    }
}
