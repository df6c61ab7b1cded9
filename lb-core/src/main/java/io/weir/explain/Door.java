package io.weir.explain;

import io.weir.config.ListenerSettings;
import io.weir.config.PlainHttp;
import io.weir.tls.ServerTls;
import io.weir.topology.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listener that clients connect to.
 *
 * @param at where it listens, with the port that it got
 * @param onlyRegion the region that alone it serves, or null for all
 * @param tls the TLS that is spoken there, or null
 * @param plainHttp what becomes of requests there, if not
 */
public record Door(BindAddress at, @Nullable String onlyRegion, @Nullable DoorTls tls, PlainHttp plainHttp) {
    /** One that the config names, when it listens {@code at}. */
    public static Door of(ListenerSettings listener, BindAddress at, String here) {
        return of(listener, at, here, null);
    }

    /** The same of a listener that runs, with its TLS if it has one. */
    public static Door of(ListenerSettings listener, BindAddress at, String here, @Nullable ServerTls tls) {
        return new Door(at, listener.strictRegion() ? here : null, listener.tls() == null ? null : DoorTls.of(listener.tls(), tls), listener.plainHttp());
    }

    /** How well it fits a connection to that host and port, 0 if not at all. */
    int fit(String host, int port) {
        return at.port() != port ? 0 : at.host().equals(host) ? 3 : at.everyAddress() ? 2 : 1;
    }
}
