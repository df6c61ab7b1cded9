package io.weir.config;

import io.weir.topology.Cidr;
import io.weir.topology.DnsName;
import io.weir.topology.IpAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the workers of a pool are found instead of being listed.
 *
 * @param dns the name that they answer to
 * @param zone of a worker whose address is in none of the blocks; null: such a worker is left out
 * @param zones the blocks of addresses of each zone; no block twice. Zone and blocks can't both be missing
 */
public record DiscoverySettings(Dns dns, @Nullable String zone, Map<String, List<Cidr>> zones) {

    public DiscoverySettings {
        zones = InOrder.copyOf(zones);
        if (zone == null && zones.isEmpty()) {
            throw new IllegalArgumentException("nothing says in which zone the workers of " + dns.name() + " are");
        }
        Set<Cidr> blocks = new HashSet<>();
        zones.forEach((name, ofZone) -> {
            if (ofZone.isEmpty() || !blocks.addAll(ofZone)) {
                throw new IllegalArgumentException("zone " + name + " has no blocks, or one twice, or one of another zone");
            }
        });
    }

    /** The zone of a worker at that address: that of the smallest block that holds it; null if there is none. */
    public @Nullable String zoneOf(IpAddress address) {
        String found = zone;
        int bits = -1;
        for (Map.Entry<String, List<Cidr>> each : zones.entrySet()) {
            for (Cidr block : each.getValue()) {
                if (block.bits() > bits && block.contains(address.high(), address.low())) {
                    found = each.getKey();
                    bits = block.bits();
                }
            }
        }
        return found;
    }

    /** What a name is asked for. */
    public enum RecordType {
        /** Its addresses, IPv4 and IPv6. */
        A,
        /** Its services (RFC 2782), which bring their ports and weights. */
        SRV
    }

    /**
     * A name in the DNS.
     *
     * @param name in lower case, as a whole: nothing is appended to it
     * @param port of all workers; 0 with {@link RecordType#SRV}, whose answers say it
     * @param floor an answer is believed for that long at least
     * @param ceiling and for that long at most; not below the floor
     */
    public record Dns(String name, int port, RecordType type, Duration floor, Duration ceiling) {

        public static final Duration DEFAULT_FLOOR = Duration.ofSeconds(5);
        public static final Duration DEFAULT_CEILING = Duration.ofMinutes(5);

        static final Bounds<Integer> PORT = Bounds.count(1, 65_535);
        /** Below a second every process asks all the time; above a day nobody waits. */
        static final Bounds<Duration> TTL = Bounds.time(Duration.ofSeconds(1), Duration.ofHours(24));

        public Dns {
            if (!isName(name)) {
                throw new IllegalArgumentException("no name in the DNS: " + name);
            }
            if (type == RecordType.SRV) {
                if (port != 0) {
                    throw new IllegalArgumentException("port: the answers of SRV say it");
                }
            } else {
                PORT.check("port", port);
            }
            TTL.check("floor", floor);
            TTL.check("ceiling", ceiling);
            if (floor.compareTo(ceiling) > 0) {
                throw new IllegalArgumentException("the floor " + Durations.print(floor) + " is above the ceiling " + Durations.print(ceiling));
            }
        }

        /** Addresses of a name, with every setting but that and the port left out. */
        public static Dns defaults(String name, int port) {
            return new Dns(name, port, RecordType.A, DEFAULT_FLOOR, DEFAULT_CEILING);
        }

        /** A host name, of which labels may begin with an underscore as those of services do: {@code _http._tcp.orders.internal}. */
        static boolean isName(String text) {
            boolean inner = !text.endsWith("_") && !text.contains("__") && !text.contains("_.");
            return inner && DnsName.isName((text.startsWith("_") ? text.substring(1) : text).replace("._", "."));
        }
    }
}
