package io.weir.control;

import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The evacuations in force. Each change is so at once and is then written to the file, on its thread: a disk that is slow or full keeps nobody
 * from sending traffic away. While the file doesn't say what is in force, it is tried again. Control thread only, but for
 * {@link #inForce} and {@link #kept}.
 */
final class EvacuationBook {
    /** How long until what could not be written is tried again, in s. */
    static final long AGAIN = 60;

    /** How long the disk may take, in s, until it is told that it does. */
    static final long SLOW = 10;

    private final ScheduledExecutorService thread;
    private final InstantSource wall;
    private final @Nullable EvacuationFile file;
    private final Consumer<Evacuation> whenEnded;
    private final Consumer<String> whenUnkept;
    /** Written by the control thread alone, like {@link #kept}. */
    private volatile Evacuations inForce = Evacuations.NONE;

    private volatile CompletableFuture<Void> kept = CompletableFuture.completedFuture(null);
    private long writes;
    private @Nullable Future<?> end;
    private @Nullable Future<?> again;

    /**
     * @param file where they are kept, or null
     * @param whenEnded is told of each whose time is over
     * @param whenUnkept is told why they can't be kept
     */
    EvacuationBook(
            ScheduledExecutorService thread,
            InstantSource wall,
            @Nullable EvacuationFile file,
            Consumer<Evacuation> whenEnded,
            Consumer<String> whenUnkept) {
        this.thread = thread;
        this.wall = wall;
        this.file = file;
        this.whenEnded = whenEnded;
        this.whenUnkept = whenUnkept;
    }

    /** What the file says holds from now on. */
    void open() {
        if (file == null) {
            return;
        }
        try {
            inForce = file.read().at(wall.instant());
            waitForEnd();
        } catch (IOException e) {
            whenUnkept.accept(String.valueOf(e.getMessage()));
        }
    }

    /** For any thread. */
    Evacuations inForce() {
        return inForce;
    }

    void become(Evacuations next) {
        inForce = next;
        waitForEnd();
        keep();
    }

    /** For any thread: done when what is in force is on the disk; fails, mostly with an {@link IOException}, if it couldn't be written. */
    CompletableFuture<Void> kept() {
        return kept.copy();
    }

    private void keep() {
        if (file == null) {
            return;
        }
        if (again != null) {
            again.cancel(false);
            again = null;
        }
        long number = ++writes;
        CompletableFuture<Void> written = file.keep(inForce);
        kept = written;
        var _ = thread.schedule(() -> slow(number, written), SLOW, TimeUnit.SECONDS);
        var _ = written.exceptionally(failure -> {
            try {
                thread.execute(() -> unkept(number, failure));
            } catch (RejectedExecutionException e) {
                // The process ends. Who asked for it was told.
            }
            return null;
        });
    }

    private void slow(long write, CompletableFuture<Void> written) {
        if (write == writes && !written.isDone()) {
            whenUnkept.accept("the disk has not taken them for " + SLOW + " s");
        }
    }

    private void unkept(long write, Throwable failure) {
        if (write == writes) { // else there is something newer to write, which says all
            again = thread.schedule(this::keep, AGAIN, TimeUnit.SECONDS);
            whenUnkept.accept(failure instanceof IOException ? String.valueOf(failure.getMessage()) : failure.toString());
        }
    }

    private void waitForEnd() {
        if (end != null) {
            end.cancel(false);
        }
        Instant next = inForce.nextEnd();
        end = next == null
                ? null
                : thread.schedule(this::endSome, Math.max(0, Duration.between(wall.instant(), next).toMillis()) + 1, TimeUnit.MILLISECONDS);
    }

    private void endSome() {
        Evacuations before = inForce;
        become(before.at(wall.instant()));
        before.all().stream().filter(each -> !inForce.all().contains(each)).forEach(whenEnded);
    }
}
