package io.weir.explain;

import io.weir.topology.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listener that clients connect to.
 *
 * @param at where it listens, with the port that it got
 * @param onlyRegion the region that alone it serves, or null for all
 */
public record Door(BindAddress at, @Nullable String onlyRegion) {
    /** How well it fits a connection to that host and port, 0 if not at all. */
    int fit(String host, int port) {
        return at.port() != port ? 0 : at.host().equals(host) ? 3 : at.everyAddress() ? 2 : 1;
    }
}
