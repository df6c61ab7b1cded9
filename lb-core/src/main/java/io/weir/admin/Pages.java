package io.weir.admin;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All pages by their path. */
final class Pages {
    /**
     * A page at its path.
     *
     * @param about what it says, in a few words
     * @param pace what it may wait for
     */
    record Entry(String path, String about, Access access, Pace pace, Page page) implements Page {
        @Override
        public Reply answer(PageRequest request) throws RefusedException {
            request.form(); // refuses a form that there isn't before any work is done
            return page.answer(request);
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final AtomicBoolean scraping = new AtomicBoolean();

    /**
     * The pages of one load balancer.
     *
     * @param metrics what {@code /metrics} says, or null
     * @param addresses where the API is
     * @param wrongTokens how often a wrong token was sent
     */
    Pages(Running running, EventFeed events, @Nullable MetricsPage metrics, List<String> addresses, LongSupplier wrongTokens) {
        add("/", "this list", Access.INSIGHT, Pace.AT_ONCE, this::index);
        add("/live", "200 while the process runs", Access.PROBE, Pace.AT_ONCE, _ -> new Reply.Words(200, "live", "live"));
        add("/ready", "200 while it takes traffic, else 503", Access.PROBE, Pace.AT_ONCE, _ -> readiness(running.readiness()));
        add("/status", "the whole at one glance; app=, limit=", Access.INSIGHT, Pace.LOOKS, new StatusPage(running, addresses, wrongTokens, InstantSource.system()));
        add("/workers", "each worker: health, load, connections, rest; app=, limit=", Access.INSIGHT, Pace.LOOKS, new WorkersPage(running));
        add("/routes", "which hosts and paths lead where; app=, limit=", Access.INSIGHT, Pace.LOOKS, new RoutesPage(running));
        add("/explain", "what would become of a request, and why; url=, method=, header=, from=, seed=", Access.INSIGHT, Pace.LOOKS, new ExplainPage(running, new SplittableRandom()));
        add("/config", "the settings in force, with defaults; app=", Access.INSIGHT, Pace.LOOKS, new ConfigPage(running));
        add("/plan", "what a reload would do; file=PATH, fail-if=closes>0", Access.CHANGE, Pace.LOOKS, new PlanPage(running));
        InstantSource wall = InstantSource.system();
        EvacuationGuard guard = new EvacuationGuard();
        add("/simulate", "what if workers were lost; lose=zone=X, then=, app=, load=, seed=, limit=", Access.INSIGHT, Pace.LOOKS, new SimulatePage(running));
        add("/evacuate", "sends traffic elsewhere; what=zone=X, for=30m, hard=, force=, dry-run=", Access.CHANGE, Pace.TRIES, new EvacuatePage(running, wall, guard));
        add("/restore", "ends that early; what=zone=X", Access.CHANGE, Pace.CHANGES, new RestorePage(running));
        add("/reload", "has the config read again, and says what has changed, or every problem", Access.CHANGE, Pace.CHANGES, new ReloadPage(running));
        add("/failback", "brings an app's traffic back at once; app=", Access.CHANGE, Pace.CHANGES, new FailbackPage(running));
        DrillPages drill = new DrillPages(running, new Drills(running, wall, Drills::thread), guard);
        add("/drill", "the drill that is under way, or was last; limit=", Access.INSIGHT, Pace.LOOKS, drill::report);
        add("/drill/lines", "what was said of it as it went on; behind=", Access.INSIGHT, Pace.LOOKS, drill::lines);
        add("/drill/begin", "evacuates for a time, watching; what=zone=X, for=5m, abort-if=errors>1%, force=", Access.CHANGE, Pace.TRIES, drill::begin);
        add("/drill/abort", "ends it before its time", Access.CHANGE, Pace.CHANGES, drill::abort);
        add("/events", "what happens, as server-sent events; format=json or text: what happened lately", Access.INSIGHT, Pace.LOOKS, new EventsPage(events));
        add("/metrics", "figures for Prometheus", Access.FIGURES, Pace.LOOKS, request -> metrics(metrics, request));
    }

    private void add(String path, String about, Access access, Pace pace, Page page) {
        entries.put(path, new Entry(path, about, access, pace, page));
    }

    @Nullable Entry at(String path) {
        return entries.get(path);
    }

    /** What there is instead of a page that there isn't. */
    Reply notFound(PageRequest request) {
        return Reply.error(404, "there is no page " + request.path() + "; there are " + String.join(", ", entries.keySet()));
    }

    private Reply index(PageRequest request) throws RefusedException {
        request.knowOnly();
        Table table = new Table(entries.size(), "page", "about");
        entries.values().forEach(entry -> table.row(entry.path(), entry.about()));
        return new Reply.Facts(Map.of("pages", table));
    }

    private static Reply readiness(Readiness now) {
        return new Reply.Words(now == Readiness.READY ? 200 : 503, "readiness", now.word());
    }

    /** One collector at a time: two would take twice as long each, and neither would like to wait. */
    private Reply metrics(@Nullable MetricsPage metrics, PageRequest request) {
        if (metrics == null) {
            return Reply.error(404, "this process counts nothing: it has no metrics");
        }
        return new Reply.Written(metrics.contentType(request.accept()), to -> {
            if (!scraping.compareAndSet(false, true)) {
                throw new BusyException("another collector is being answered; ask again in a second");
            }
            try {
                metrics.write(request.accept(), to);
            } finally {
                scraping.set(false);
            }
        });
    }

    /** Nothing was written yet, and nothing will be now. */
    static final class BusyException extends java.io.IOException {
        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message);
        }
    }
}
