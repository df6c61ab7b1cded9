package io.weir.config;

import io.weir.topology.BindAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the config's sockets listen on, no two of which may get in each other's way. */
final class BoundAddresses {

    private final Map<Integer, Port> ports = new HashMap<>();

    /** An address as it may be shown, and where it stands. */
    private record Use(String shown, Spot spot) {}

    /**
     * The addresses of one port and where they stand.
     *
     * @param every those that mean every address: the only ones that a single address can clash with, but for itself
     */
    private record Port(Map<BindAddress, Use> all, Map<BindAddress, Use> every) {

        @Nullable Use clashWith(BindAddress address) {
            Collection<BindAddress> candidates;
            if (all.containsKey(address)) {
                candidates = List.of(address);
            } else {
                candidates = address.everyAddress() ? all.keySet() : every.keySet();
            }
            for (BindAddress candidate : candidates) {
                if (address.clashesWith(candidate)) {
                    return all.get(candidate);
                }
            }
            return null;
        }

        void add(BindAddress address, Use use) {
            all.put(address, use);
            if (address.everyAddress()) {
                every.put(address, use);
            }
        }
    }

    @Nullable BindAddress read(Value value) {
        BindAddress address = Scalars.bindAddress(value);
        if (address == null) {
            return null;
        }
        Port port = ports.computeIfAbsent(address.port(), _ -> new Port(new LinkedHashMap<>(), new LinkedHashMap<>()));
        Use other = port.clashWith(address);
        if (other != null) {
            value.report(address + " cannot be bound beside " + other.shown, "the other is in " + other.spot);
            return null;
        }
        port.add(address, new Use(value.shown(address.toString()), value.spot()));
        return address;
    }
}
