package io.weir.app;

import io.weir.config.Settings;
import io.weir.config.TcpSettings;
import io.weir.http.RequestHead;
import io.weir.routing.Answer;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The hosts that listeners with {@code tcp} lead to. */
final class TcpHosts {
    private TcpHosts() {}

    /** A line for each one where nobody could be connected to, whatever comes; {@code table} is asked for if there are any. */
    static List<String> warnings(Settings settings, Supplier<RoutingTable> table) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < settings.listeners().size(); i++) {
            TcpSettings tcp = settings.listeners().get(i).tcp();
            String obstacle = tcp == null || tcp.host() == null ? null : obstacle(tcp.host(), table.get());
            if (obstacle != null) {
                warnings.add("listeners[" + i + "].tcp: " + obstacle + ", so each connection will be reset; name the domain of an app, or a host that is mapped to one");
            }
        }
        return warnings;
    }

    private static @Nullable String obstacle(String host, RoutingTable table) {
        RequestHead head = new RequestHead();
        head.tunnelTo(host.getBytes(StandardCharsets.US_ASCII));
        return switch (table.resolve(head)) {
            case null -> "no app and no mapping is at " + host;
            case Answer _ -> "a mapping answers at " + host + ", by HTTP";
            case Route to -> to.plan() == null ? "the app has no pool in the region that " + host + " names" : null;
        };
    }
}
