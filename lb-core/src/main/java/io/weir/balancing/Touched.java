package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The targets that attempts come to: of all that there are, the control thread looks at these alone. Event loops put a target on the list
 * when it is not there. The control thread takes it off when it has looked at it once, unless attempts come in close order, two of them ended
 * between two looks, or a crowd waits: then it stays until neither has been so for a second. So one of many targets that get few requests
 * each is looked at twice and not for a second, and a loop seldom has to list a busy one anew: where 20 requests a second come at random, one
 * in 8,000 rows of ten looks sees no two of them.
 *
 * <p>A loop counts first and looks whether the target is listed afterwards, without a fence between the two, so it may miss that it was just
 * taken off. Therefore the control thread looks at it once more a while later, when every processor has long written what it had to.
 */
public final class Touched {
    /** How often the control thread looks, in ns; and how often at most the failures of one target make it look at once. */
    public static final long PERIOD = 100_000_000L;

    /** For how long attempts don't come in close order until a target is taken off where they did, in ns. */
    static final long STILL = 1_000_000_000L;

    /** How long after it was taken off every processor has written what it had to, in ns; less than a period, which may be short by a bit. */
    static final long SETTLED = PERIOD / 2;

    private final int loops;
    private final Runnable wake;
    /** The ones that were put on the list since the control thread looked, linked by {@link Traffic#next}. */
    private final AtomicReference<@Nullable Traffic> pushed = new AtomicReference<>();
    /** Whether the control thread has been woken and has not looked since. */
    private final AtomicBoolean raised = new AtomicBoolean();
    /** Those on the list, and those just taken off. Control thread only. */
    private final List<Traffic> watched = new ArrayList<>();
    /** When it looked before; {@link Long#MIN_VALUE}: never. Control thread only. */
    private long lookedAt = Long.MIN_VALUE;

    /**
     * At that many event loops.
     *
     * @param wake makes the control thread {@linkplain #look look} at once; called on event loops, and not again until it has
     */
    public Touched(int loops, Runnable wake) {
        this.loops = loops;
        this.wake = wake;
    }

    int loops() {
        return loops;
    }

    // ---- event loops

    void push(Traffic traffic) {
        Traffic last;
        do {
            last = pushed.get();
            traffic.next = last;
        } while (!pushed.compareAndSet(last, traffic));
    }

    void raise() {
        if (!raised.get() && raised.compareAndSet(false, true)) {
            wake.run();
        }
    }

    // ---- the control thread

    /** Sums what the loops have counted and tells of each target that there is something to say of; {@code now} in ns, never going back. */
    public void look(long now, Consumer<Traffic> news) {
        raised.set(false);
        takePushed(now);
        lookedAt = now;
        int kept = 0;
        for (int i = 0; i < watched.size(); i++) {
            Traffic traffic = watched.get(i);
            if (traffic.sum(now)) {
                news.accept(traffic);
            }
            if (traffic.stays(now)) {
                watched.set(kept++, traffic);
            }
        }
        watched.subList(kept, watched.size()).clear();
    }

    private void takePushed(long now) {
        long since = lookedAt == Long.MIN_VALUE ? now : now - Math.min(now - lookedAt, PERIOD);
        for (Traffic traffic = pushed.getAndSet(null); traffic != null; ) {
            Traffic following = traffic.next;
            traffic.next = null;
            if (traffic.watch(since, now)) {
                watched.add(traffic);
            }
            traffic = following;
        }
    }

    /** How many targets the control thread looks at. Control thread only. */
    int watched() {
        return watched.size();
    }
}
