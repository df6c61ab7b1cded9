package io.weir.config;

/**
 * What is counted for the operator.
 *
 * @param on whether anything is
 * @param apps that have series of their own, those with the first requests; what the rest does is counted as {@code other}
 */
public record MetricsSettings(boolean on, int apps) {

    /** At 6 kB for an app with the longest name, the page stays below 10 MB. */
    static final Bounds<Integer> APPS = Bounds.count(0, 1500);

    public static final MetricsSettings DEFAULTS = new MetricsSettings(true, 1000);

    /** Nothing is counted. */
    public static final MetricsSettings NONE = new MetricsSettings(false, 0);

    public MetricsSettings {
        APPS.check("apps", apps);
    }
}
