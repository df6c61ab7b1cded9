package io.weir.control;

import io.weir.health.Health;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The apps that too little is known of yet to send them requests: while one of their pools has a worker without verdict, and none that is
 * available. A worker that is down needs several checks to be convicted; the others of its pool don't wait for that. Control thread only.
 */
final class Newcomers {
    private final Set<AppControl> all = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Runnable whenNone;
    private boolean told;

    /** These; {@code whenNone} is run once, by {@link #tell}, when none is left. */
    Newcomers(Collection<AppControl> apps, Runnable whenNone) {
        this.whenNone = whenNone;
        apps.stream().filter(Newcomers::isUnknown).forEach(all::add);
    }

    /**
     * A worker of it was found well. If all are, and each can carry its whole share, nothing has to be planned first: its plans were made as
     * if it were so.
     */
    void foundWell(AppControl app) {
        if (!all.isEmpty() && all.contains(app) && app.workers().stream().allMatch(worker -> worker.health().available() && worker.share() == 1)) {
            all.remove(app);
        }
    }

    /** Plans are in force that come of what the app's workers have become. */
    void heard(AppControl app) {
        if (!all.isEmpty() && all.contains(app) && !isUnknown(app)) {
            all.remove(app);
        }
    }

    /** Another app is in the place of that one, or with null none. */
    void replaced(AppControl before, @Nullable AppControl after) {
        if (all.remove(before) && after != null && isUnknown(after)) {
            all.add(after);
        }
    }

    /** Called after that. */
    void tell() {
        if (all.isEmpty() && !told) {
            told = true;
            whenNone.run();
        }
    }

    private static boolean isUnknown(AppControl app) {
        if (app.workers().size() == 1) {
            return app.workers().getFirst().health() == Health.UNPROVEN;
        }
        Map<String, Boolean> unknown = new HashMap<>();
        for (WorkerState worker : app.workers()) {
            boolean available = worker.health().available();
            boolean unproven = worker.health() == Health.UNPROVEN;
            if (available || unproven) {
                unknown.merge(worker.member().worker().region(), unproven, (one, other) -> one && other);
            }
        }
        return unknown.containsValue(true);
    }
}
