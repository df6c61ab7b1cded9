package io.weir.telemetry.log;

import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import io.weir.routing.Route;
import org.jspecify.annotations.Nullable;

/**
 * The piece of a JSON line that says where an exchange went, made once for each route and target as long as not too many
 * take turns; then it is put together each time. One for each loop.
 */
final class Places {
    private static final int REMEMBERED = 256;
    private static final int ROOM = 256;
    private static final Literal APP = Literal.of("\",\"app\":\"");
    private static final Literal REGION = Literal.of("\",\"region\":\"");
    private static final Literal WORKER = Literal.of("\",\"worker\":\"");
    private static final Literal ZONE = Literal.of("\",\"zone\":\"");
    private static final Literal ATTEMPTS = Literal.of("\",\"attempts\":");

    private record Place(Route route, @Nullable Target target, Literal text) {}

    private final @Nullable Place[] places = new Place[REMEMBERED];
    /** Who came last to each slot and was not remembered there. */
    private final @Nullable Object[] wanted = new Object[REMEMBERED];

    /** Writes what stands between the reason's code and the number of attempts. */
    @SuppressWarnings("ReferenceEquality") // of this very table and plan
    void write(Exchange exchange, LineBuffer line) {
        Route route = exchange.to();
        if (route == null) {
            line.literal(ATTEMPTS);
            return;
        }
        Target target = exchange.lastTarget();
        Object key = target == null ? route : target;
        int slot = System.identityHashCode(key) & (REMEMBERED - 1);
        Place known = places[slot];
        if (known != null && known.route() == route && known.target() == target) {
            line.literal(known.text());
        } else if (wanted[slot] == key) {
            known = new Place(route, target, Literal.of(text(route, target)));
            places[slot] = known;
            line.literal(known.text());
        } else {
            wanted[slot] = key; // whoever comes again before others do is remembered
            write(route, target, line);
        }
    }

    private static void write(Route route, @Nullable Target target, LineBuffer line) {
        line.literal(APP).ascii(route.app().name()).literal(REGION).ascii(route.region());
        if (target != null) {
            line.literal(WORKER).ascii(target.name()).literal(ZONE).ascii(target.zone());
        }
        line.literal(ATTEMPTS);
    }

    /** Names of the config are labels and addresses: nothing in them needs an escape. */
    private static String text(Route route, @Nullable Target target) {
        LineBuffer text = new LineBuffer(ROOM);
        write(route, target, text);
        return text.toString();
    }
}
