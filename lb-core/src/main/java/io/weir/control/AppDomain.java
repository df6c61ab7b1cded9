package io.weir.control;

import io.weir.config.Settings;
import io.weir.topology.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host that leads to an app by the app's name.
 *
 * @param region the region that it names, or null: it leaves that to us
 */
public record AppDomain(String host, @Nullable String region) {

    /** All of an app, the global ones first. */
    public static List<AppDomain> of(String app, Settings settings) {
        List<AppDomain> all = new ArrayList<>();
        for (String domain : settings.domains()) {
            all.add(new AppDomain(app + "." + domain, null));
        }
        for (Region region : settings.regions().values()) {
            for (String domain : above(region, settings)) {
                all.add(new AppDomain(app + "." + region.name() + "." + domain, region.name()));
            }
        }
        return all;
    }

    /** The domains under which a region's apps answer. */
    static List<String> above(Region region, Settings settings) {
        return region.domain() == null ? settings.domains() : List.of(region.domain());
    }
}
