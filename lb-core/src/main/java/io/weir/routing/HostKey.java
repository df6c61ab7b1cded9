package io.weir.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A host as the key of a cache: equal to another without case. Looked up over the request's bytes, kept with bytes of its own. */
final class HostKey {
    private final byte[] bytes;
    private final int from;
    private final int to;
    private final int hash;

    HostKey(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.hash = Names.hash(bytes, from, to);
    }

    HostKey copy() {
        return new HostKey(Arrays.copyOfRange(bytes, from, to), 0, to - from);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof HostKey that) || hash != that.hash || to - from != that.to - that.from) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (Names.LOWER[bytes[from + i] & 0xff] != Names.LOWER[that.bytes[that.from + i] & 0xff]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
