package io.weir.config;

import io.weir.topology.Region;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The domains under which apps answer: those of the config, and those that regions have of their own. */
final class Domains {

    private final Map<String, Value> everywhere = new LinkedHashMap<>();
    private final Set<String> all = new HashSet<>();

    @Nullable List<String> domains(Value value) {
        var first = new FirstUse<String>();
        return value.nonEmptyList("domain", item -> {
            String domain = Scalars.hostName(item);
            if (domain == null || !first.check(domain, item)) {
                return null;
            }
            everywhere.put(domain, item);
            all.add(domain);
            return domain;
        });
    }

    /**
     * Adds the regions' own domains. Reports a domain that lies just where a region's app domains are: there,
     * {@code <app>.<domain>} and {@code <app>.<region>.<other domain>} would be one name with two meanings.
     */
    void regions(Map<String, Region> regions) {
        everywhere.forEach((domain, place) -> {
            int dot = domain.indexOf('.');
            Region region = dot < 0 ? null : regions.get(domain.substring(0, dot));
            if (region != null && isDomainOf(region, domain.substring(dot + 1))) {
                place.report("is where the apps of region " + region.name() + " answer already", "remove it or rename the region");
            }
        });
        for (Region region : regions.values()) {
            if (region.domain() != null) {
                all.add(region.domain());
            }
        }
    }

    private boolean isDomainOf(Region region, String domain) {
        return region.domain() == null ? everywhere.containsKey(domain) : region.domain().equals(domain);
    }

    /** Whether the host is one of the domains or lies under one. */
    boolean cover(String host) {
        for (String rest = host; ; rest = rest.substring(rest.indexOf('.') + 1)) {
            if (all.contains(rest)) {
                return true;
            }
            if (rest.indexOf('.') < 0) {
                return false;
            }
        }
    }

    /** Whether the host, or one that ends in a dot and it, may be under one of the domains. Every host ends in the empty text. */
    boolean meet(String tail) {
        return tail.isEmpty() || cover(tail) || all.stream().anyMatch(domain -> domain.endsWith("." + tail));
    }
}
