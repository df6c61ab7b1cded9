package io.weir.topology;

import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place that holds workers, split into zones that fail apart from each other.
 *
 * @param name a lower-case DNS label, as it stands in app domains: {@code ca-c1}
 * @param jurisdiction whose law applies to bytes sent here: two upper-case letters, {@code CA}
 * @param zones lower-case DNS labels, at least one, none twice: {@code ca-c1a}
 * @param domain the region's own domain, used instead of those that apply everywhere, or null
 */
public record Region(String name, String jurisdiction, List<String> zones, @Nullable String domain) {

    public Region {
        if (!DnsName.isLabel(name)) {
            throw new IllegalArgumentException("a region's name must be a lower-case DNS label, is \"" + name + '"');
        }
        if (!isJurisdiction(jurisdiction)) {
            throw new IllegalArgumentException("a jurisdiction must be two upper-case letters, is \"" + jurisdiction + '"');
        }
        zones = List.copyOf(zones);
        if (zones.isEmpty()) {
            throw new IllegalArgumentException("region " + name + " has no zones");
        }
        if (new HashSet<>(zones).size() != zones.size()) {
            throw new IllegalArgumentException("region " + name + " names a zone twice: " + zones);
        }
        for (String zone : zones) {
            if (!DnsName.isLabel(zone)) {
                throw new IllegalArgumentException("a zone's name must be a lower-case DNS label, is \"" + zone + '"');
            }
        }
        if (domain != null && !DnsName.isName(domain)) {
            throw new IllegalArgumentException("a domain must be a lower-case host name, is \"" + domain + '"');
        }
    }

    /** Two upper-case ASCII letters, as in ISO 3166 and in {@code EU}. */
    public static boolean isJurisdiction(String text) {
        return text.length() == 2 && isUpperCase(text.charAt(0)) && isUpperCase(text.charAt(1));
    }

    private static boolean isUpperCase(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
