package io.weir.config;

import io.weir.topology.Cidr;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code discover} of a pool. */
final class DiscoveryReader {

    private final Places places;
    private final @Nullable String region;

    /** @param region of the pool; null if it is not known, which has been reported */
    DiscoveryReader(Places places, @Nullable String region) {
        this.places = places;
        this.region = region;
    }

    @Nullable DiscoverySettings discovery(Value value) {
        return value.fields(fields -> {
            DiscoverySettings.Dns dns = fields.required("dns", DiscoveryReader::dns);
            String zone = fields.optional("zone", place -> places.zoneIn(region, place));
            Map<String, List<Cidr>> zones = fields.optional("zones", this::zones);
            fields.needOneOf("say in which zone the workers are, zone: NAME, or which addresses are in which, zones: {NAME: [10.1.0.0/16]}", "zone", "zones");
            boolean refused = (fields.value("zone") != null && zone == null) || (fields.value("zones") != null && zones == null);
            return dns == null || refused || (zone == null && zones == null)
                    ? null
                    : new DiscoverySettings(dns, zone, zones == null ? Map.of() : zones);
        });
    }

    private @Nullable Map<String, List<Cidr>> zones(Value value) {
        Reading<Cidr> block = Scalars.onceEach(Scalars::cidr); // a block of two zones would be in either
        return value.nonEmptyNamed("zone", (name, list) -> {
            String zone = places.zoneIn(region, name);
            List<Cidr> blocks = list.nonEmptyList("block of addresses", block);
            return zone == null ? null : blocks;
        });
    }

    private static DiscoverySettings.@Nullable Dns dns(Value value) {
        return value.fields(fields -> {
            String name = fields.required("name", DiscoveryReader::name);
            String type = fields.optional("type", Scalars.word(List.of("A", "SRV")), "A");
            Ttl ttl = fields.optional("ttl", DiscoveryReader::ttl, Ttl.DEFAULT);
            Value port = fields.value("port");
            boolean srv = type.equals("SRV");
            if (srv && port != null) {
                port.report("stands beside type: SRV, whose answers say the port", "remove one of the two");
                return null;
            }
            Reading<Integer> number = Scalars.number(DiscoverySettings.Dns.PORT);
            Integer read = srv ? Integer.valueOf(0) : value.isNoting() ? fields.optional("port", number) : fields.required("port", number);
            return name == null || read == null
                    ? null
                    : new DiscoverySettings.Dns(name, read, DiscoverySettings.RecordType.valueOf(type), ttl.floor, ttl.ceiling);
        });
    }

    private record Ttl(Duration floor, Duration ceiling) {
        static final Ttl DEFAULT = new Ttl(DiscoverySettings.Dns.DEFAULT_FLOOR, DiscoverySettings.Dns.DEFAULT_CEILING);
    }

    private static @Nullable Ttl ttl(Value value) {
        return value.fields(fields -> {
            Reading<Duration> duration = Scalars.duration(DiscoverySettings.Dns.TTL);
            Duration floor = fields.optional("floor", duration, Ttl.DEFAULT.floor);
            Duration ceiling = fields.optional("ceiling", duration, Ttl.DEFAULT.ceiling);
            if (floor.compareTo(ceiling) > 0) {
                value.report(
                        "has a floor of " + Durations.print(floor) + " above its ceiling of " + Durations.print(ceiling),
                        "lower the floor or raise the ceiling");
                return null;
            }
            return new Ttl(floor, ceiling);
        });
    }

    /** As a whole, so the final dot that says so elsewhere may stand there. */
    private static @Nullable String name(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.pattern("^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?$", "a whole name in the DNS: orders.internal, _http._tcp.orders.internal"));
            return null;
        }
        String text = value.text();
        if (text == null) {
            return null;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        if (!DiscoverySettings.Dns.isName(name)) {
            value.reportMust("must be a name in the DNS", Quoted.of(text), "as in orders.internal, or _http._tcp.orders.internal with type: SRV");
            return null;
        }
        return name;
    }
}
