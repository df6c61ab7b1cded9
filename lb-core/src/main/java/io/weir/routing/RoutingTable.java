package io.weir.routing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From host and path to a {@link Route}. Immutable; a reload makes the next one. Hosts are looked up by their bytes, without case and
 * without one trailing dot, and without making a string.
 *
 * <p>Order: a mapping that names the very host, then app domains, then, for hosts outside the domains, the mapping that takes any host.
 */
public final class RoutingTable {
    private static final byte[] LOWER = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            LOWER[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
    }

    private final byte[][] hosts;
    private final Route[] routes;
    private final int mask;
    private final List<byte[]> domains;
    private final @Nullable Route anyHost;

    /**
     * @param byHost routes by lower-case host: app domains and the exact hosts of mappings, which win
     * @param domains hosts at or under these never go to {@code anyHost}
     * @param anyHost the mapping without host, or null
     */
    public RoutingTable(Map<String, Route> byHost, List<String> domains, @Nullable Route anyHost) {
        int size = Math.max(4, Integer.highestOneBit(Math.max(1, byHost.size())) * 4);
        this.mask = size - 1;
        this.hosts = new byte[size][];
        this.routes = new Route[size];
        byHost.forEach((host, route) -> {
            byte[] bytes = host.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
            int slot = hash(bytes, 0, bytes.length) & mask;
            while (hosts[slot] != null) {
                slot = (slot + 1) & mask;
            }
            hosts[slot] = bytes;
            routes[slot] = route;
        });
        this.domains = domains.stream()
                .map(domain -> domain.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII))
                .toList();
        this.anyHost = anyHost;
    }

    /** The route for the host {@code b[from, to)} (without port; empty for none), or null: 404 {@code no_route}. */
    public @Nullable Route find(byte[] b, int from, int to) {
        int end = to > from && b[to - 1] == '.' ? to - 1 : to;
        for (int slot = hash(b, from, end) & mask; hosts[slot] != null; slot = (slot + 1) & mask) {
            byte[] host = hosts[slot];
            if (host.length == end - from && endsWith(b, from, end, host)) {
                return routes[slot];
            }
        }
        return anyHost == null || underADomain(b, from, end) ? null : anyHost;
    }

    private boolean underADomain(byte[] b, int from, int to) {
        for (int i = 0; i < domains.size(); i++) {
            byte[] domain = domains.get(i);
            int start = to - domain.length;
            if (start >= from && endsWith(b, from, to, domain) && (start == from || b[start - 1] == '.')) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsWith(byte[] b, int from, int to, byte[] lower) {
        int start = to - lower.length;
        for (int i = 0; i < lower.length; i++) {
            if (LOWER[b[start + i] & 0xff] != lower[i]) {
                return false;
            }
        }
        return start >= from;
    }

    private static int hash(byte[] b, int from, int to) {
        int h = 0;
        for (int i = from; i < to; i++) {
            h = h * 31 + LOWER[b[i] & 0xff];
        }
        return h ^ (h >>> 15);
    }
}
