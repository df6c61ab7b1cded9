package io.weir.config;

import io.weir.topology.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address that clients connect to.
 *
 * @param plainHttp has no meaning on a listener with TLS, or that speaks no HTTP
 * @param strictRegion whether it serves no region but the one where this process runs
 * @param tls null if it speaks HTTP without TLS, or no HTTP
 * @param tcp null if it speaks HTTP
 */
public record ListenerSettings(
        BindAddress bind,
        PlainHttp plainHttp,
        ListenerTimeouts timeouts,
        boolean strictRegion,
        @Nullable TlsSettings tls,
        @Nullable TcpSettings tcp) {

    /** A listener with every setting but its address left out. */
    public static ListenerSettings defaults(BindAddress bind) {
        return new ListenerSettings(bind, PlainHttp.SERVE, ListenerTimeouts.DEFAULTS, false, null, null);
    }
}
