package io.weir.config;

import io.weir.topology.BindAddress;

/**
 * An address that clients connect to.
 *
 * @param strictRegion whether it serves no region but the one where this process runs
 */
public record ListenerSettings(BindAddress bind, PlainHttp plainHttp, ListenerTimeouts timeouts, boolean strictRegion) {

    /** A listener with every setting but its address left out. */
    public static ListenerSettings defaults(BindAddress bind) {
        return new ListenerSettings(bind, PlainHttp.SERVE, ListenerTimeouts.DEFAULTS, false);
    }
}
