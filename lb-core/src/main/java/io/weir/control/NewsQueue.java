package io.weir.control;

import io.weir.balancing.Target;
import io.weir.health.HealthTransition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The apps that there is news of, in the order in which their plans are made: before those of whose gateways only the shares have changed,
 * which a large fleet never ceases to tell, go those with a verdict on a worker; else the first heard is the first. Control thread only.
 *
 * <p>News of an app are gathered for a while before they are due, so that what comes together is one change. What comes while they are due
 * and wait is added to them.
 */
final class NewsQueue {
    private final LinkedHashMap<AppControl, News> verdicts = new LinkedHashMap<>();
    private final LinkedHashMap<AppControl, News> shares = new LinkedHashMap<>();
    /** How often news were gathered; those of an earlier gathering are due. */
    private long gathering;

    /** What was heard of an app's workers. */
    static final class News {
        private final AppControl app;
        private final long gathering;
        // Those that hold nothing are one for all.
        private List<HealthTransition> untold = List.of();
        private List<Target> silent = List.of();
        private List<Target> refusing = List.of();

        private News(AppControl app, long gathering) {
            this.app = app;
            this.gathering = gathering;
        }

        AppControl app() {
            return app;
        }

        /** To be told when the plans are in force. */
        List<HealthTransition> untold() {
            return untold;
        }

        /** That is to be told then. */
        void heard(HealthTransition transition) {
            untold = with(transition, untold);
        }

        /** They don't answer. */
        List<Target> silent() {
            return silent;
        }

        void silent(Target target) {
            silent = with(target, silent);
        }

        /** They refuse connections. */
        List<Target> refusing() {
            return refusing;
        }

        void refusing(Target target) {
            refusing = with(target, refusing);
        }

        private static <T> List<T> with(T item, List<T> before) {
            List<T> list = before.isEmpty() ? new ArrayList<>(1) : before;
            list.add(item);
            return list;
        }
    }

    /** The news of an app that can't wait, to be added to. */
    News urgent(AppControl app) {
        News known = verdicts.get(app);
        if (known == null) {
            shares.remove(app); // its plans follow from all that is known
            known = new News(app, gathering);
            verdicts.put(app, known);
        }
        return known;
    }

    /** Of an app, nothing has changed but how much its gateways can take. */
    void share(AppControl app) {
        if (!verdicts.containsKey(app)) {
            shares.computeIfAbsent(app, it -> new News(it, gathering));
        }
    }

    /** What was heard of an app that isn't there any more is nobody's news; returns what was to be told of its workers. */
    List<HealthTransition> forget(AppControl app) {
        shares.remove(app);
        News known = verdicts.remove(app);
        return known == null ? List.of() : known.untold;
    }

    /** All that was heard until now is due. */
    void gathered() {
        gathering++;
    }

    /** Whether {@link #next} has something. */
    boolean isDue() {
        return isDue(verdicts.firstEntry()) || isDue(shares.firstEntry());
    }

    private boolean isDue(Map.@Nullable Entry<AppControl, News> entry) {
        return entry != null && entry.getValue().gathering < gathering;
    }

    /** Takes the next that are due; null: there are none. */
    @Nullable News next() {
        LinkedHashMap<AppControl, News> from = isDue(verdicts.firstEntry()) ? verdicts : shares;
        Map.Entry<AppControl, News> next = isDue(from.firstEntry()) ? from.pollFirstEntry() : null;
        return next == null ? null : next.getValue();
    }
}
