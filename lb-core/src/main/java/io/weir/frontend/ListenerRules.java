package io.weir.frontend;

import io.weir.tls.ServerTls;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the connections of one listener.
 *
 * @param onlyRegion the region that alone is served there, or null for all
 * @param tls null if HTTP is spoken without
 * @param hsts the value of {@code Strict-Transport-Security} that answers have, or null
 */
public record ListenerRules(ClientTimeouts timeouts, @Nullable String onlyRegion, @Nullable ServerTls tls, @Nullable String hsts) {
    /** Without TLS. */
    public static ListenerRules plain(ClientTimeouts timeouts, @Nullable String onlyRegion) {
        return new ListenerRules(timeouts, onlyRegion, null, null);
    }
}
