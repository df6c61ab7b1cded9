package io.weir.telemetry.log;

import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import io.weir.routing.Route;
import org.jspecify.annotations.Nullable;

/**
 * The piece of a JSON line that says where an exchange went, made once for each route and target, as long as not too many take turns. One
 * for each loop.
 */
final class Places {
    private static final int REMEMBERED = 256;
    private static final Literal NOWHERE = Literal.of("\",\"attempts\":");

    private record Place(Route route, @Nullable Target target, Literal text) {}

    private final @Nullable Place[] places = new Place[REMEMBERED];

    /** From behind the reason's code to the number of attempts. */
    @SuppressWarnings("ReferenceEquality") // of this very table and plan
    Literal of(Exchange exchange) {
        Route route = exchange.to();
        if (route == null) {
            return NOWHERE;
        }
        Target target = exchange.lastTarget();
        int slot = System.identityHashCode(target == null ? route : target) & (REMEMBERED - 1);
        Place known = places[slot];
        if (known == null || known.route() != route || known.target() != target) {
            known = new Place(route, target, Literal.of(text(route, target)));
            places[slot] = known;
        }
        return known.text();
    }

    /** Names of the config are labels and addresses: nothing in them needs an escape. */
    private static String text(Route route, @Nullable Target target) {
        String app = "\",\"app\":\"" + route.app().name() + "\",\"region\":\"" + route.region();
        String worker = target == null ? "" : "\",\"worker\":\"" + target.name() + "\",\"zone\":\"" + target.zone();
        return app + worker + "\",\"attempts\":";
    }
}
