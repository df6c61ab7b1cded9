package io.weir.telemetry.metrics;

import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Which apps have series of their own: the first that have a request, up to a bound. Shared by all event loops. */
final class AppLabels {
    private final Set<String> apps = ConcurrentHashMap.newKeySet();
    private final AtomicInteger left;

    AppLabels(int most) {
        this.left = new AtomicInteger(most);
    }

    /** Those that have. */
    Set<String> apps() {
        return Collections.unmodifiableSet(apps);
    }

    /** Whether the app has its own, from now on if there is room. */
    boolean has(String app) {
        if (apps.contains(app)) {
            return true;
        }
        if (left.get() <= 0 || left.getAndDecrement() <= 0) {
            return apps.contains(app);
        }
        if (!apps.add(app)) {
            left.getAndIncrement(); // another loop was first
        }
        return true;
    }
}
