package io.weir.config;

import io.weir.topology.Here;
import io.weir.topology.Region;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The regions and zones of a config, read before whatever names one of them. A region whose own settings are wrong still counts as
 * defined, so that one mistake is one problem.
 */
final class Places {

    /** By region; an empty list means that the zones could not be read. */
    private final Map<String, List<String>> zones = new LinkedHashMap<>();
    private final Map<String, Jurisdiction> jurisdictions = new LinkedHashMap<>();
    private final Map<String, String> regionOfZone = new HashMap<>();
    private final FirstUse<String> firstZones = new FirstUse<>();
    private final Set<String> expandedZones = new HashSet<>();
    /** Where this process runs, as far as that could be read. */
    private @Nullable String hereRegion;

    /**
     * Whose law applies in a region.
     *
     * @param shown for messages, which don't say what was expanded
     */
    record Jurisdiction(String name, String shown) {}

    Places() {}

    /** Those of a config that was read before. */
    Places(Map<String, Region> regions, Here here) {
        regions.forEach((name, region) -> {
            zones.put(name, region.zones());
            jurisdictions.put(name, new Jurisdiction(region.jurisdiction(), region.jurisdiction()));
            region.zones().forEach(zone -> regionOfZone.put(zone, name));
        });
        hereRegion = here.region();
    }

    @Nullable Map<String, Region> regions(Value value) {
        value.names().forEach(name -> zones.put(name, List.of()));
        return value.nonEmptyNamed("region", this::region);
    }

    @Nullable Here here(Value value) {
        return value.fields(fields -> {
            String region = fields.required("region", this::defined);
            String zone = fields.required("zone", place -> zoneIn(region, place));
            hereRegion = region;
            return region == null || zone == null ? null : new Here(region, zone);
        });
    }

    /** Whether this process runs in that region. */
    boolean isHere(String region) {
        return region.equals(hereRegion);
    }

    /** The name of a region that is defined. */
    @Nullable String defined(Value name) {
        String region = Scalars.label(name);
        if (region == null || zones.isEmpty() || zones.containsKey(region)) {
            return region;
        }
        String nearest = name.nearest().hint(region, zones.keySet());
        name.report("there is no region " + region, nearest != null ? nearest : "define it under regions");
        return null;
    }

    /** Whose law applies there; null if the region is not known or its jurisdiction could not be read, which has been reported. */
    @Nullable Jurisdiction jurisdictionOf(String region) {
        return jurisdictions.get(region);
    }

    /** A jurisdiction that a region has. */
    @Nullable Jurisdiction definedJurisdiction(Value value) {
        Jurisdiction read = jurisdiction(value);
        boolean allKnown = jurisdictions.size() == zones.size();
        if (read == null || !allKnown || jurisdictions.values().stream().anyMatch(known -> known.name().equals(read.name()))) {
            return read;
        }
        List<String> there = jurisdictions.values().stream().map(Jurisdiction::shown).distinct().sorted().toList();
        value.report("no region is in " + read.name(), "the regions are in " + Quoted.some(there));
        return null;
    }

    /** The name of a zone of that region; any zone if the region is not known, which has been reported. */
    @Nullable String zoneIn(@Nullable String region, Value value) {
        String zone = Scalars.label(value);
        List<String> there = region == null ? List.of() : zones.getOrDefault(region, List.of());
        if (zone == null || there.isEmpty() || there.contains(zone)) {
            return zone;
        }
        List<String> shown = there.stream().filter(name -> !expandedZones.contains(name)).toList();
        String nearest = value.nearest().hint(zone, shown);
        String elsewhere = regionOfZone.get(zone);
        if (elsewhere != null) {
            value.report(zone + " is a zone of " + elsewhere + ", not of " + region, shown.isEmpty() ? null : "zones of " + region + ": " + Quoted.some(shown));
        } else {
            value.report(
                    "region " + region + " has no zone " + zone,
                    nearest != null || shown.isEmpty() ? nearest : "its zones: " + Quoted.some(shown));
        }
        return null;
    }

    private @Nullable Region region(Value name, Value value) {
        String label = Scalars.label(name);
        return value.fields(fields -> {
            Jurisdiction jurisdiction = fields.required("jurisdiction", Places::jurisdiction);
            List<String> zoneNames = fields.required("zones", list -> list.nonEmptyList("zone", this::newZone));
            String domain = fields.optional("domain", Scalars::hostName);
            if (label != null && jurisdiction != null) {
                jurisdictions.put(label, jurisdiction);
            }
            if (label == null || zoneNames == null) {
                return null;
            }
            zones.put(label, zoneNames);
            zoneNames.forEach(zone -> regionOfZone.put(zone, label));
            return jurisdiction == null ? null : new Region(label, jurisdiction.name(), zoneNames, domain);
        });
    }

    private @Nullable String newZone(Value value) {
        String zone = Scalars.label(value);
        if (zone == null || !firstZones.check(zone, value)) {
            return null;
        }
        if (value.isExpanded()) {
            expandedZones.add(zone);
        }
        return zone;
    }

    private static @Nullable Jurisdiction jurisdiction(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.pattern("^[A-Z]{2}$", "whose law applies: CA, US, EU"));
            return null;
        }
        String text = value.text();
        if (text != null && !Region.isJurisdiction(text)) {
            value.reportMust("must be two upper-case letters", Quoted.of(text), "as in CA, US, EU");
            return null;
        }
        return text == null ? null : new Jurisdiction(text, value.shown(text));
    }
}
