package io.weir.tls;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Something for each of some names, where {@code *} stands for one label. A look-up is at most two in a hash map: there is nothing that a
 * cache could do better.
 */
final class ByName<V> {
    private static final String WILDCARD = "*";

    private final Map<String, V> byName = new HashMap<>();

    /** Gives a name what is made of what it had, or of null. */
    void put(String name, UnaryOperator<@Nullable V> next) {
        byName.compute(name, (_, before) -> next.apply(before));
    }

    /** What is for that very name, else for {@code *.} and the rest of it, else null. */
    @Nullable V get(String name) {
        V exact = byName.get(name);
        int dot = name.indexOf('.');
        return exact != null || dot < 0 ? exact : byName.get(WILDCARD + name.substring(dot));
    }

    /** The same, but that {@code *} stands for any number of labels; the nearest counts. */
    @Nullable V getBelow(String name) {
        V found = byName.get(name);
        for (int dot = name.indexOf('.'); found == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
            found = byName.get(WILDCARD + name.substring(dot));
        }
        return found;
    }

    boolean isEmpty() {
        return byName.isEmpty();
    }
}
