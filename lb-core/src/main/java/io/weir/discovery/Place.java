package io.weir.discovery;

import io.weir.topology.IpAddress;
import java.util.Comparator;

/**
 * Where a worker was found. In order of addresses, so that the order of an answer says nothing.
 *
 * @param port 0: that of the pool
 */
public record Place(IpAddress address, int port) implements Comparable<Place> {

    private static final Comparator<Place> ORDER = Comparator.<Place, Long>comparing(place -> place.address.high(), Long::compareUnsigned)
            .thenComparing(place -> place.address.low(), Long::compareUnsigned)
            .thenComparingInt(Place::port);

    public Place {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("no port: " + port);
        }
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
