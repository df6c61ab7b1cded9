package io.weir.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The apps of a config for which something holds. From one config to the next, no apps are looked at but those that differ. One thread at a time. */
public final class AppsThat {
    private final Predicate<AppSettings> holds;
    private final Map<String, AppSettings> those = new LinkedHashMap<>();
    private Map<String, AppSettings> looked = Map.of();

    public AppsThat(Predicate<AppSettings> holds) {
        this.holds = holds;
    }

    /** Those of this config; until the next one is asked for. */
    public Collection<AppSettings> of(Settings settings) {
        for (ByName.Change<AppSettings> change : ByName.changes(looked, settings.apps())) {
            if (change.after() != null && holds.test(change.after())) {
                those.put(change.name(), change.after());
            } else {
                those.remove(change.name());
            }
        }
        looked = settings.apps();
        return Collections.unmodifiableCollection(those.values());
    }
}
