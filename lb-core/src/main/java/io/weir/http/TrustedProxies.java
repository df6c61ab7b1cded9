package io.weir.http;

import io.weir.topology.Cidr;
import java.util.List;

/** The peers whose word about the client is believed. Immutable. */
public final class TrustedProxies {
    private final Cidr[] blocks;

    public TrustedProxies(List<Cidr> blocks) {
        this.blocks = blocks.toArray(Cidr[]::new);
    }

    public boolean isEmpty() {
        return blocks.length == 0;
    }

    /** Whether the address with these 128 bits, as in {@link io.weir.topology.IpAddress}, is one of them. */
    public boolean contain(long high, long low) {
        for (Cidr block : blocks) {
            if (block.contains(high, low)) {
                return true;
            }
        }
        return false;
    }
}
