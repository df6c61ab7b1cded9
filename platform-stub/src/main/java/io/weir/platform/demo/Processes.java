package io.weir.platform.demo;

import io.weir.platform.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The demo's processes, in groups: starts them, starts again what ended by itself, and ends one group after the other. Closing ends whatever
 * runs, after half a start too. Safe for all threads; one lock guards everything.
 */
final class Processes implements AutoCloseable {
    /** More than any of them takes by itself to finish what is under way. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final int LAST_LINES = 20;

    private final Consumer<String> say;
    private final List<List<Kept>> groups = new ArrayList<>();
    private final ScheduledThreadPoolExecutor restarts = new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("weir-demo-restarts").unstarted(task));
    private boolean ending; // once set, nothing is started

    /** @param say says a line: that a process has ended by itself */
    Processes(Consumer<String> say) {
        this.say = say;
        restarts.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * A process to be run.
     *
     * @param log the file that takes what it writes
     */
    record Part(String name, List<String> command, Path log) {}

    /** A process that has ended while it was to start. */
    record Lost(String name, ChildProcess.Ending ending) {}

    /** Starts a group of processes. The one that was started last is ended first. */
    synchronized void start(List<Part> parts) throws IOException {
        List<Kept> group = new ArrayList<>();
        groups.addFirst(group);
        for (Part part : parts) {
            Files.deleteIfExists(part.log());
            group.add(new Kept(part, ChildProcess.start(part.name(), part.command(), part.log())));
        }
    }

    /** One that has ended already; asked before {@link #watch}. */
    synchronized Optional<Lost> lost() {
        return all().filter(kept -> !kept.child.running()).findFirst().map(kept -> new Lost(kept.part.name(), kept.child.ending().join()));
    }

    synchronized long pid(String name) {
        return named(name).child.pid();
    }

    /** The last lines that one has written, as the rest of a message. */
    synchronized String lastWords(String name) throws IOException {
        List<String> lines = Files.readAllLines(named(name).part.log());
        return ". Last, " + name + " wrote:\n  " + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** From now on, what ends by itself is said and started again. */
    synchronized void watch() {
        all().forEach(Kept::watch);
    }

    private Kept named(String name) {
        return all().filter(kept -> kept.part.name().equals(name)).findFirst().orElseThrow();
    }

    private Stream<Kept> all() {
        return groups.stream().flatMap(List::stream);
    }

    @Override
    public void close() {
        synchronized (this) {
            ending = true;
        }
        restarts.shutdown();
        for (List<Kept> group : groups) {
            group.forEach(kept -> kept.child.terminate());
            group.forEach(Kept::awaitEnd);
        }
    }

    /** One of the processes, as it is now. */
    private final class Kept {
        private final Part part;
        private final RestartRule rule = new RestartRule();
        private ChildProcess child;
        private long started = System.nanoTime();

        Kept(Part part, ChildProcess child) {
            this.part = part;
            this.child = child;
        }

        void watch() {
            var _ = child.ending().thenAccept(this::ended);
        }

        private void ended(ChildProcess.Ending end) {
            synchronized (Processes.this) {
                if (ending) {
                    return;
                }
                String story = part.name() + " (pid " + child.pid() + ") " + end + "; ";
                Optional<Duration> pause = rule.afterEnd(Duration.ofNanos(System.nanoTime() - started));
                if (pause.isEmpty()) {
                    say.accept(story + "it ended too often and stays down, see " + part.log());
                    return;
                }
                say.accept(story + "it is started again in " + pause.get().toSeconds() + " s");
                try {
                    var _ = restarts.schedule(this::startAgain, pause.get().toMillis(), TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    // the end has begun
                }
            }
        }

        private void startAgain() {
            synchronized (Processes.this) {
                if (ending) {
                    return;
                }
                try {
                    child = ChildProcess.start(part.name(), part.command(), part.log());
                } catch (IOException e) {
                    say.accept(part.name() + " can't be started again: " + e.getMessage());
                    return;
                }
                started = System.nanoTime();
                say.accept(part.name() + " runs again, pid " + child.pid());
                watch();
            }
        }

        void awaitEnd() {
            if (!child.awaitEnd(PATIENCE)) {
                say.accept(part.name() + " (pid " + child.pid() + ") did not end within " + PATIENCE.toSeconds() + " s and was killed");
            }
        }
    }
}
