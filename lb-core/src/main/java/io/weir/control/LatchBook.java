package io.weir.control;

import io.weir.failover.Outlook;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has what tiers remember of their failback kept on the disk: soon after one enters another phase, and now and then while one isn't settled,
 * so that a restart neither gives a tier its traffic back before its time nor forgets that it waits for a person. Control thread only.
 */
final class LatchBook {
    /** How long changes are gathered, in ms. */
    static final long SOON = 200;

    /** Until it is kept anew how far tiers have come, and until what could not be written is tried again, in ms. */
    static final long AGAIN = 10_000;

    private final ScheduledExecutorService thread;
    private final InstantSource wall;
    private final @Nullable LatchFile file;
    private final Supplier<Latches> now;
    private final ControlListener listener;

    private boolean keeps;
    private boolean lost;
    /** Whether the file holds something. */
    private boolean holds;
    private @Nullable Future<?> next;
    private boolean soon;

    /** {@code file}: null if nobody would find it again; {@code now}: what is to be kept. */
    LatchBook(ScheduledExecutorService thread, InstantSource wall, @Nullable LatchFile file, Supplier<Latches> now, ControlListener listener) {
        this.thread = thread;
        this.wall = wall;
        this.file = file;
        this.now = now;
        this.listener = listener;
    }

    /** What the file says. */
    Latches open() {
        if (file == null) {
            return Latches.NONE;
        }
        try {
            LatchFile.Kept kept = file.read();
            if (kept == null) {
                return Latches.NONE;
            }
            holds = !kept.latches().isEmpty();
            int unsettled = kept.latches().unsettled();
            if (unsettled > 0) {
                Duration age = Duration.between(kept.at(), wall.instant());
                listener.latchesRecalled(unsettled, age.isNegative() ? Duration.ZERO : age);
            }
            return kept.latches();
        } catch (IOException e) {
            lost(e);
            return Latches.NONE;
        }
    }

    /** From now on this process is the one that writes the file. */
    void keep() {
        keeps = true;
        holds |= file != null && file.exists(); // another process may have written it meanwhile
        changed();
    }

    /** Another process is that from now on. */
    void handOver() {
        keeps = false;
        wait(null);
    }

    /** A plan is another one. */
    void planned(Outlook before, Outlook after) {
        for (int i = 0; i < after.tiers().size(); i++) {
            if (before.tiers().get(i).failback().phase() != after.tiers().get(i).failback().phase()) {
                changed();
                return;
            }
        }
    }

    /** A tier has entered another phase, or there are other tiers. */
    void changed() {
        if (keeps && file != null && !soon) {
            soon = true;
            wait(thread.schedule(() -> Guarded.run(this::write), SOON, TimeUnit.MILLISECONDS));
        }
    }

    private void wait(@Nullable Future<?> until) {
        if (next != null) {
            next.cancel(false);
        }
        next = until;
    }

    private void again() {
        if (keeps && next == null) {
            next = thread.schedule(() -> Guarded.run(this::write), AGAIN, TimeUnit.MILLISECONDS);
        }
    }

    private void write() {
        next = null;
        soon = false;
        LatchFile to = file;
        Latches latches = now.get();
        if (to == null || !keeps || (latches.isEmpty() && !holds && !lost)) {
            return;
        }
        holds = !latches.isEmpty();
        var _ = to.keep(latches, wall.instant()).whenComplete((_, failure) -> {
            try {
                thread.execute(() -> written(failure));
            } catch (RejectedExecutionException e) {
                // The process ends.
            }
        });
        if (latches.unsettled() > 0) {
            again();
        }
    }

    private void written(@Nullable Throwable failure) {
        if (failure != null) {
            lost(failure);
            again();
        } else if (lost) {
            lost = false;
            listener.latchesKept();
        }
    }

    private void lost(Throwable why) {
        if (!lost) {
            lost = true;
            listener.latchesLost(why instanceof IOException ? String.valueOf(why.getMessage()) : why.toString());
        }
    }
}
