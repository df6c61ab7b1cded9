package io.weir.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with something that a config names, and not with its text.
 *
 * @param keys lead to the value that names it: names of keys, and places in lists
 * @param what is wrong, and what to do
 */
public record Misfit(List<Object> keys, String what) {

    public Misfit {
        keys = List.copyOf(keys);
    }

    /** Of a value beneath {@code keys}. */
    public static Misfit under(List<Object> keys, List<Object> more, String what) {
        List<Object> all = new ArrayList<>(keys);
        all.addAll(more);
        return new Misfit(all, what);
    }

    /** {@code listeners[0].tls: what}. */
    @Override
    public String toString() {
        KeyPath path = KeyPath.ROOT;
        for (Object key : keys) {
            path = path.then(key);
        }
        return path + ": " + what;
    }
}
