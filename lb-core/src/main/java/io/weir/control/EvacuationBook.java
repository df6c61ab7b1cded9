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
    /** How long until what could not be written is tried again, in s: soon, since a disk has room again when somebody has made some. */
    static final long AGAIN = 5;

    /** How often in a row that fails until it is told once more. */
    static final int TOLD_AGAIN = 12;

    /** How long the disk may take, in s, until it is told that it does. */
    static final long SLOW = 10;

    private final ScheduledExecutorService thread;
    private final InstantSource wall;
    private final @Nullable EvacuationFile file;
    private final Consumer<Evacuation> whenEnded;
    private final Consumer<String> whenUnkept;
    private final Runnable whenKeptAgain;
    /** Written by the control thread alone, like {@link #kept}. */
    private volatile Evacuations inForce = Evacuations.NONE;

    private volatile CompletableFuture<Void> kept = CompletableFuture.completedFuture(null);
    private volatile boolean lost;
    private long writes;
    private boolean handedOver;
    private int failures;
    private @Nullable Future<?> end;
    private @Nullable Future<?> again;

    /**
     * @param file where they are kept, or null
     * @param whenEnded is told of each whose time is over
     * @param whenUnkept is told why they can't be kept
     * @param whenKeptAgain is told when, after that, they are
     */
    EvacuationBook(
            ScheduledExecutorService thread,
            InstantSource wall,
            @Nullable EvacuationFile file,
            Consumer<Evacuation> whenEnded,
            Consumer<String> whenUnkept,
            Runnable whenKeptAgain) {
        this.thread = thread;
        this.wall = wall;
        this.file = file;
        this.whenEnded = whenEnded;
        this.whenUnkept = whenUnkept;
        this.whenKeptAgain = whenKeptAgain;
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
            lost = true;
            whenUnkept.accept(String.valueOf(e.getMessage()));
        }
    }

    /** Another process keeps them in this file from now on: nothing more is written. Done when all that was to be is, or can't be. */
    CompletableFuture<Void> handOver() {
        handedOver = true;
        return kept.exceptionally(_ -> null);
    }

    /** For any thread. */
    Evacuations inForce() {
        return inForce;
    }

    void become(Evacuations next) {
        inForce = next;
        waitForEnd();
        failures = 0; // what is new is told anew
        keep();
    }

    /** For any thread: done when what is in force is on the disk; fails, mostly with an {@link IOException}, if it couldn't be written. */
    CompletableFuture<Void> kept() {
        return kept.copy();
    }

    /** For any thread: whether the last that was heard of the disk is that it doesn't take what is in force. */
    boolean lost() {
        return lost;
    }

    private void keep() {
        if (file == null) {
            return;
        }
        if (again != null) {
            again.cancel(false);
            again = null;
        }
        if (handedOver) {
            kept = CompletableFuture.failedFuture(new IOException("another process has taken this one's place, and keeps them"));
            return;
        }
        long number = ++writes;
        CompletableFuture<Void> written = file.keep(inForce);
        kept = written;
        var _ = thread.schedule(() -> slow(number, written), SLOW, TimeUnit.SECONDS);
        var _ = written.whenComplete((_, failure) -> {
            try {
                thread.execute(() -> over(number, failure));
            } catch (RejectedExecutionException e) {
                // The process ends. Who asked for it was told.
            }
        });
    }

    private void slow(long write, CompletableFuture<Void> written) {
        if (write == writes && !written.isDone()) {
            lost = true;
            whenUnkept.accept("the disk has not taken them for " + SLOW + " s");
        }
    }

    private void over(long write, @Nullable Throwable failure) {
        if (write != writes) {
            return; // there is something newer to write, which says all
        }
        if (failure == null) {
            failures = 0;
            if (lost) {
                lost = false;
                whenKeptAgain.run();
            }
            return;
        }
        lost = true;
        again = thread.schedule(this::keep, AGAIN, TimeUnit.SECONDS);
        if (failures++ % TOLD_AGAIN == 0) {
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
