package io.weir.config;

import java.time.Duration;

/** What every time-out has in common. */
final class Timeouts {

    // Above a day a time-out no longer protects anything; it is a mistyped unit.
    static final Bounds<Duration> BOUNDS = Bounds.time(Duration.ofMillis(1), Duration.ofHours(24));

    private Timeouts() {}
}
