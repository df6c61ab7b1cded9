package io.weir.frontend;

import io.weir.config.PlainHttp;
import io.weir.config.TcpSettings;
import io.weir.exchange.SecurePort;
import io.weir.tls.ServerTls;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the connections of one listener.
 *
 * @param onlyRegion the region that alone is served there, or null for all
 * @param plainHttp of a listener without TLS
 * @param securePort where clients are sent to, if it redirects; else null
 * @param tls null if HTTP is spoken without
 * @param http2 for clients that speak it
 * @param hsts the value of {@code Strict-Transport-Security} that answers have, or null
 * @param tcp where bytes are passed on to that are not HTTP; null if HTTP is spoken
 * @param entrance who may connect, and who is believed to speak for another; null: everyone may, and nobody is
 */
public record ListenerRules(
        ClientTimeouts timeouts,
        @Nullable String onlyRegion,
        PlainHttp plainHttp,
        @Nullable SecurePort securePort,
        @Nullable ServerTls tls,
        Http2Rules http2,
        @Nullable String hsts,
        @Nullable TcpSettings tcp,
        @Nullable Entrance entrance) {
    /** Serves plain HTTP. */
    public static ListenerRules plain(ClientTimeouts timeouts, @Nullable String onlyRegion) {
        return new ListenerRules(timeouts, onlyRegion, PlainHttp.SERVE, null, null, Http2Rules.DEFAULTS, null, null, null);
    }
}
