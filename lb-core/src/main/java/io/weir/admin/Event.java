package io.weir.admin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that happened to the load balancer, rarely.
 *
 * @param kind its name in lower case with underscores: {@code endpoint_resting}
 * @param facts what to know of it: strings, numbers, booleans, durations, instants and shares by names of the same form, in their order
 */
public record Event(String kind, Map<String, Object> facts) {
    /** The name under which the time stands beside the facts. */
    static final String AT = "at";

    public Event {
        if (facts.containsKey(AT)) {
            throw new IllegalArgumentException("when it happened is noted by itself, under " + AT);
        }
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts)); // in their order, which Map.copyOf loses
    }

    /** One of which its name says all. */
    public static Event of(String kind) {
        return new Event(kind, Map.of());
    }

    /** One with one fact. */
    public static Event of(String kind, String name, Object fact) {
        return new Event(kind, Map.of(name, fact));
    }

    /** One with two. */
    public static Event of(String kind, String name, Object fact, String secondName, Object second) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put(name, fact);
        facts.put(secondName, second);
        return new Event(kind, facts);
    }
}
