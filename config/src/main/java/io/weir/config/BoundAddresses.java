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

    /**
     * The addresses of one port and where they stand.
     *
     * @param every those that mean every address: the only ones that a single address can clash with, but for itself
     */
    private record Port(Map<BindAddress, Spot> all, Map<BindAddress, Spot> every) {

        @Nullable BindAddress clashWith(BindAddress address) {
            Collection<BindAddress> candidates;
            if (all.containsKey(address)) {
                candidates = List.of(address);
            } else {
                candidates = address.everyAddress() ? all.keySet() : every.keySet();
            }
            for (BindAddress candidate : candidates) {
                if (address.clashesWith(candidate)) {
                    return candidate;
                }
            }
            return null;
        }

        void add(BindAddress address, Spot spot) {
            all.put(address, spot);
            if (address.everyAddress()) {
                every.put(address, spot);
            }
        }
    }

    @Nullable BindAddress read(Value value) {
        BindAddress address = Scalars.bindAddress(value);
        if (address == null) {
            return null;
        }
        Port port = ports.computeIfAbsent(address.port(), _ -> new Port(new LinkedHashMap<>(), new LinkedHashMap<>()));
        BindAddress clash = port.clashWith(address);
        if (clash != null) {
            value.report(address + " cannot be bound beside " + clash, "the other is in " + port.all.get(clash));
            return null;
        }
        port.add(address, value.spot());
        return address;
    }
}
