package io.weir.control;

import io.weir.failover.Evacuations;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps up how many losses each app couldn't bear: judges the apps that have changed anew, a few at a time, so that a hundred thousand of them
 * don't hold up a plan. Control thread only.
 */
final class RiskBook {
    /** How long until an app is judged, in ns: what changes again meanwhile is judged once, and plans go first. */
    static final long DELAY = TimeUnit.MILLISECONDS.toNanos(50);

    /** Between two turns, in ns. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    /** Workers that are looked at in one turn, and those of one app more: a part of a millisecond. */
    private static final int AT_ONCE = 500;

    private final ScheduledExecutorService thread;
    private final ControlCounts counts;
    private final Supplier<Evacuations> evacuations;
    private final Set<AppControl> waiting = new LinkedHashSet<>();
    private boolean due;

    RiskBook(ScheduledExecutorService thread, ControlCounts counts, Supplier<Evacuations> evacuations) {
        this.thread = thread;
        this.counts = counts;
        this.evacuations = evacuations;
    }

    void changed(AppControl app) {
        waiting.add(app);
        goOn(DELAY);
    }

    /** It is none of the apps any more. */
    void forget(AppControl app) {
        waiting.remove(app);
        counts.risks(app.risks(), Risks.NONE);
        app.risks(Risks.NONE);
    }

    private void goOn(long nanos) {
        if (!due) {
            due = true;
            var _ = thread.schedule(this::judgeSome, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void judgeSome() {
        due = false;
        int workers = 0;
        for (Iterator<AppControl> next = waiting.iterator(); next.hasNext() && workers < AT_ONCE; ) {
            AppControl app = next.next();
            next.remove();
            workers += app.members().size();
            Risks risks = Risks.of(app.exposures(evacuations.get()));
            counts.risks(app.risks(), risks);
            app.risks(risks);
        }
        if (!waiting.isEmpty()) {
            goOn(PAUSE);
        }
    }
}
