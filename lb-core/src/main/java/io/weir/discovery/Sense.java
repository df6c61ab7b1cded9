package io.weir.discovery;

import io.weir.topology.Cidr;
import io.weir.topology.IpAddress;
import java.util.List;
import java.util.stream.Stream;

/** Addresses that no worker can have, whatever an answer says: those of no host, of many, and those that mean another host on each link. */
final class Sense {

    private static final List<Cidr> NOBODY = Stream.of(
                    "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::", "fe80::/10", "ff00::/8")
            .map(Cidr::parse)
            .toList();

    private Sense() {}

    static boolean isAddressable(IpAddress address) {
        return NOBODY.stream().noneMatch(block -> block.contains(address.high(), address.low()));
    }
}
