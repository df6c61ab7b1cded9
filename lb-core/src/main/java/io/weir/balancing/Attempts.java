package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/** The targets that an exchange has tried. Reused with the exchange. */
public final class Attempts {
    /** Tries an exchange may have in all, those included that were never written. */
    public static final int MOST = 5;

    private final @Nullable Target[] tried = new Target[MOST];
    private int count;

    public void add(Target target) {
        tried[count++] = target;
    }

    public int count() {
        return count;
    }

    /** The target of the last attempt, or null before the first. */
    public @Nullable Target last() {
        return count == 0 ? null : tried[count - 1];
    }

    public boolean contains(Target target) {
        for (int i = 0; i < count; i++) {
            if (target.equals(tried[i])) {
                return true;
            }
        }
        return false;
    }

    public void clear() {
        for (int i = 0; i < count; i++) {
            tried[i] = null;
        }
        count = 0;
    }
}
