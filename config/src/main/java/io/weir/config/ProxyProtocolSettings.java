package io.weir.config;

import io.weir.topology.Cidr;
import java.util.List;

/**
 * That peers of a listener say by the PROXY protocol whom they speak for.
 *
 * @param from the peers that are believed; at least one, none twice
 */
public record ProxyProtocolSettings(Accept accept, List<Cidr> from) {
    /** What becomes of connections without a header. */
    public enum Accept {
        /** They are closed. */
        REQUIRED,
        /** They are as any other. */
        OPTIONAL
    }

    public ProxyProtocolSettings {
        from = List.copyOf(from);
        if (from.isEmpty()) {
            throw new IllegalArgumentException("nobody may speak the PROXY protocol");
        }
    }
}
