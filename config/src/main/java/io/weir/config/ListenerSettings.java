package io.weir.config;

import io.weir.topology.BindAddress;
import io.weir.topology.Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address that clients connect to.
 *
 * @param plainHttp has no meaning on a listener with TLS, or that speaks no HTTP
 * @param strictRegion whether it serves no region but the one where this process runs
 * @param http2 of clients that speak it
 * @param tls null if it speaks HTTP without TLS, or no HTTP
 * @param tcp null if it speaks HTTP
 * @param proxyProtocol null if nobody is believed to speak for another
 * @param allow the clients that may connect; none: all. None twice
 */
public record ListenerSettings(
        BindAddress bind,
        PlainHttp plainHttp,
        ListenerTimeouts timeouts,
        boolean strictRegion,
        Http2ListenerSettings http2,
        @Nullable TlsSettings tls,
        @Nullable TcpSettings tcp,
        @Nullable ProxyProtocolSettings proxyProtocol,
        List<Cidr> allow) {

    public ListenerSettings {
        allow = List.copyOf(allow);
    }

    /** A listener with every setting but its address left out. */
    public static ListenerSettings defaults(BindAddress bind) {
        return new ListenerSettings(bind, PlainHttp.SERVE, ListenerTimeouts.DEFAULTS, false, Http2ListenerSettings.DEFAULTS, null, null, null, List.of());
    }
}
