package io.weir.config;

import java.time.Duration;

/**
 * When answers to requests alone take a worker out, though its checks may pass.
 *
 * @param failures in a row
 * @param most the share of a pool that may be out so at a time, 0 to 1; never the last worker
 * @param time how long the first time; each further time as much longer
 * @param serverErrors whether an answer of 500 and above counts as a failure; 502, 503 and 504 always do
 */
public record EjectionSettings(int failures, double most, Duration time, boolean serverErrors) {

    static final Bounds<Integer> FAILURES = Bounds.count(1, 1000);
    static final Bounds<Double> MOST = Bounds.share(0, 1);
    static final Bounds<Duration> TIME = Bounds.time(Duration.ofSeconds(1), Duration.ofHours(1));

    public static final EjectionSettings DEFAULTS = new EjectionSettings(5, 0.5, Duration.ofSeconds(10), false);

    public EjectionSettings {
        FAILURES.check("failures", failures);
        TIME.check("time", time);
        MOST.check("most", most);
    }
}
