package io.weir.config;

import io.weir.topology.BindAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the config's sockets listen on, no two of which may get in each other's way. */
final class BoundAddresses {

    private final Map<Integer, List<Bound>> byPort = new HashMap<>();

    private record Bound(BindAddress address, int line) {}

    @Nullable BindAddress read(Value value) {
        BindAddress address = Scalars.bindAddress(value);
        if (address == null) {
            return null;
        }
        List<Bound> samePort = byPort.computeIfAbsent(address.port(), _ -> new ArrayList<>());
        for (Bound other : samePort) {
            if (address.clashesWith(other.address)) {
                value.report(address + " cannot be bound beside " + other.address, "the other is in line " + other.line);
                return null;
            }
        }
        samePort.add(new Bound(address, value.line()));
        return address;
    }
}
