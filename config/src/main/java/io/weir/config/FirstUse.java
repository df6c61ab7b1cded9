package io.weir.config;

import java.util.HashMap;
import java.util.Map;

/** Things of which no two may be the same, and where each was met first. */
final class FirstUse<T> {

    private final Map<T, Spot> spots = new HashMap<>();

    /** Whether this is the first; if not, it has been reported. */
    boolean check(T thing, Value at) {
        Spot first = spots.putIfAbsent(thing, at.spot());
        if (first != null) {
            at.report(thing + " is given twice", "the first is in " + first);
        }
        return first == null;
    }
}
