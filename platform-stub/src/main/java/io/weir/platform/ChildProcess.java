package io.weir.platform;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process that this one has started and answers for. Its output goes to a file; its standard input is a pipe on which nothing is ever
 * written and whose end tells it that we are gone, see {@link Lifeline}. An interrupt from the terminal, which goes to the whole group, does
 * not reach it: the parent says when its children end, and in which order. Safe for all threads.
 */
public final class ChildProcess {
    /** A signal that is ignored stays so across {@code exec} (POSIX), and a JVM leaves it at that. The process id stays too. */
    private static final List<String> DEAF_TO_INTERRUPTS = List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh");

    private final String name;
    private final Path log;
    private final Process process; // held as long as we are: its pipe closes with it

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param name for messages
     * @param log takes what it writes, behind what is there already
     * @throws IOException if it can't be started
     */
    public static ChildProcess start(String name, List<String> command, Path log) throws IOException {
        List<String> whole = new ArrayList<>(DEAF_TO_INTERRUPTS);
        whole.addAll(command);
        Process process = new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .start();
        return new ChildProcess(name, log, process);
    }

    public String name() {
        return name;
    }

    public Path log() {
        return log;
    }

    public long pid() {
        return process.pid();
    }

    public boolean running() {
        return process.isAlive();
    }

    /** Completed when it has ended, whatever ended it, on a thread that must not be blocked. */
    public CompletableFuture<Ending> ending() {
        return process.onExit().thenApply(ended -> new Ending(ended.exitValue()));
    }

    /** Asks it to end, by TERM. Its pipe stays: {@link Process#destroy} would close it too, and it would not get to ending in good order. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /**
     * Waits until it has ended, and makes it end (by KILL) when that takes longer.
     *
     * @return whether it ended by itself
     */
    public boolean awaitEnd(Duration patience) {
        boolean ended = false;
        try {
            ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.destroyForcibly();
            process.onExit().join();
        }
        return ended;
    }

    /**
     * How a process ended.
     *
     * @param status its exit code, or {@value #BY_SIGNAL} and the number of the signal that ended it
     */
    public record Ending(int status) {
        private static final int BY_SIGNAL = 128;

        @Override
        public String toString() {
            return status > BY_SIGNAL ? "was ended by signal " + (status - BY_SIGNAL) : "ended with code " + status;
        }
    }
}
