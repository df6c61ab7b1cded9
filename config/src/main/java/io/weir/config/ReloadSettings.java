package io.weir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a process takes over a config that has changed.
 *
 * @param onChange whether a change of the file or the folder is applied by itself
 * @param maxRemovedWorkers the largest part of the workers that a reload may take away; {@link #ANY_WORKERS}: there is no bound
 * @param watch for how long after a reload its errors are watched; null: they are not
 * @param rollBackIf of the attempts of that time, when the config from before is to be put back; null: never. Both or none is given
 */
public record ReloadSettings(boolean onChange, double maxRemovedWorkers, @Nullable Duration watch, @Nullable ErrorCondition rollBackIf) {

    /** Stands for no bound on the workers that a reload takes away. */
    public static final double ANY_WORKERS = 1;

    static final Bounds<Double> MAX_REMOVED_WORKERS = Bounds.share(0, 1);
    static final Bounds<Duration> WATCH = Bounds.time(Duration.ofSeconds(1), Duration.ofHours(1));

    public static final ReloadSettings DEFAULTS = new ReloadSettings(true, ANY_WORKERS, null, null);

    public ReloadSettings {
        MAX_REMOVED_WORKERS.check("max-removed-workers", maxRemovedWorkers);
        if (watch != null) {
            WATCH.check("watch", watch);
        }
        if ((watch == null) != (rollBackIf == null)) {
            throw new IllegalArgumentException("watch and roll-back-if need each other");
        }
    }
}
