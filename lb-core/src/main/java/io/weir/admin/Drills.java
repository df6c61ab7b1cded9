package io.weir.admin;

import io.weir.simulate.Drill;
import io.weir.simulate.Flow;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The drill of this process, of which there is one at a time: it goes on by itself, whoever looks on. Any thread. */
final class Drills {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Running running;
    private final InstantSource wall;
    private final Executor threads;
    private @Nullable Drill last;
    /** Whether one is about to begin. */
    private boolean beginning;

    /** {@code threads} runs each task on a thread of its own. */
    Drills(Running running, InstantSource wall, Executor threads) {
        this.running = running;
        this.wall = wall;
        this.threads = threads;
    }

    static void thread(Runnable task) {
        Thread.ofPlatform().name("weir-drill").daemon().start(task);
    }

    /** The one that is under way, or was last; null if there was none. */
    synchronized @Nullable Drill last() {
        return last;
    }

    /** Begins one, and goes on with it on a thread of its own until it is over. */
    Drill begin(Drill.Order order) throws RefusedException {
        synchronized (this) {
            if (beginning || (last != null && !last.over())) {
                throw new RefusedException(409, "a drill is under way; end it with /drill/abort, or wait until its traffic has come back");
            }
            beginning = true;
        }
        try {
            Drill drill = Drill.begin(running::onControl, order, Flow.COUNTED, wall.instant().truncatedTo(ChronoUnit.SECONDS));
            synchronized (this) {
                last = drill;
            }
            start(drill);
            return drill;
        } catch (Drill.EvacuatedException e) {
            throw new RefusedException(409, String.valueOf(e.getMessage()));
        } finally {
            synchronized (this) {
                beginning = false;
            }
        }
    }

    private void start(Drill drill) throws RefusedException {
        try {
            threads.execute(() -> goOn(drill));
        } catch (Throwable e) { // an Error where there is no memory for a thread
            drill.fail(e);
            throw new RefusedException(503, "no thread could be started for the drill, and it has ended: " + e);
        }
    }

    /** Whatever goes wrong: it must not stay under way with nobody watching. */
    private static void goOn(Drill drill) {
        try {
            while (drill.tick()) {
                LockSupport.parkNanos(SECOND);
            }
        } catch (Throwable e) {
            drill.fail(e);
        }
    }

    /** Ends the one that is under way before its time. */
    void stop() throws RefusedException {
        Drill drill = last();
        if (drill == null || drill.over()) {
            throw new RefusedException(404, "no drill is under way");
        }
        drill.stop();
    }
}
