package io.weir.topology;

/** Where this process runs. */
public record Here(String region, String zone) {

    public Here {
        if (!DnsName.isLabel(region) || !DnsName.isLabel(zone)) {
            throw new IllegalArgumentException("region and zone must be lower-case DNS labels, are " + region + " and " + zone);
        }
    }
}
