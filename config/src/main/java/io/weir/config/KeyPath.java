package io.weir.config;

import org.jspecify.annotations.Nullable;

/** The keys that lead to a value, as a chain that becomes text only if there is a problem: {@code apps.orders.pools}. */
record KeyPath(@Nullable KeyPath parent, String segment) {

    static final KeyPath ROOT = new KeyPath(null, "");

    KeyPath key(String key) {
        return new KeyPath(this, key);
    }

    KeyPath item(int index) {
        return new KeyPath(this, "[" + index + "]");
    }

    /** A place in a list, or a key. */
    KeyPath then(Object key) {
        return key instanceof Integer index ? item(index) : key(String.valueOf(key));
    }

    @Override
    public String toString() {
        if (parent == null) {
            return "";
        }
        String before = parent.toString();
        String last = Quoted.cut(segment);
        return before.isEmpty() || last.startsWith("[") ? before + last : before + '.' + last;
    }
}
