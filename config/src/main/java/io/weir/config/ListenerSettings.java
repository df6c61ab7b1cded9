package io.weir.config;

import io.weir.topology.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address that clients connect to.
 *
 * @param plainHttp has no meaning on a listener with TLS
 * @param strictRegion whether it serves no region but the one where this process runs
 * @param http2 of clients that speak it
 * @param tls null if it speaks HTTP without TLS
 */
public record ListenerSettings(
        BindAddress bind, PlainHttp plainHttp, ListenerTimeouts timeouts, boolean strictRegion, Http2ListenerSettings http2, @Nullable TlsSettings tls) {

    /** A listener with every setting but its address left out. */
    public static ListenerSettings defaults(BindAddress bind) {
        return new ListenerSettings(bind, PlainHttp.SERVE, ListenerTimeouts.DEFAULTS, false, Http2ListenerSettings.DEFAULTS, null);
    }
}
