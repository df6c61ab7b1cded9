package io.weir.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies of maps that keep their order, which {@code Map.copyOf} does not. */
final class InOrder {

    private InOrder() {}

    static <V> Map<String, V> copyOf(Map<String, V> map) {
        return map.size() < 2 ? Map.copyOf(map) : Collections.unmodifiableMap(new LinkedHashMap<>(map)); // 300 bytes less, a hundred thousand times
    }
}
