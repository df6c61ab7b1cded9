package io.weir.upstream;

/** What an attempt needs a connection for. */
public enum Need {
    /** A request and its response. */
    REQUEST,
    /** A request that may switch to another protocol: only HTTP/1.1 can. */
    SWITCH,
    /** Bytes both ways, secured as requests are. */
    TUNNEL,
    /** Bytes both ways that are secured already. */
    PASSTHROUGH;

    /** Whether it is for something else than HTTP. */
    public boolean isTunnel() {
        return this == TUNNEL || this == PASSTHROUGH;
    }
}
