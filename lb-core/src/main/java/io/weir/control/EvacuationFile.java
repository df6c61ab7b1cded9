package io.weir.control;

import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Scope;
import io.weir.state.StateThread;
import io.weir.state.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Keeps evacuations over restarts: a line for each, {@code zone=ca-c1a until 2026-11-27T06:00:00Z} and perhaps {@code hard}, in a file that is
 * replaced as a whole, so that a process that ends at any moment leaves the old lines or the new ones. What a drill evacuated is not kept:
 * nobody would watch it after a restart, nor end it when too much fails.
 */
public final class EvacuationFile {
    private static final String NAME = "evacuations";
    private static final String HARD = "hard";

    private final Path file;
    private final Executor writer;

    /** In that folder, which is made when something is to be kept; written on a thread of its own, which is there while there is something to write. */
    public EvacuationFile(Path folder) {
        this(folder, StateThread.start());
    }

    /** {@code writer} runs one task after the other. */
    public EvacuationFile(Path folder, Executor writer) {
        this.file = folder.toAbsolutePath().resolve(NAME);
        this.writer = writer;
    }

    public Path path() {
        return file;
    }

    /**
     * What was kept; none if there is no file.
     *
     * @throws IOException if it can't be read, or holds a line that nobody can have written; the message says which
     */
    public Evacuations read() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException _) {
            return Evacuations.NONE;
        }
        List<Evacuation> all = new ArrayList<>();
        for (String line : lines) {
            try {
                all.add(parse(line));
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IOException(file + ":" + (all.size() + 1) + ": not an evacuation: " + line, e);
            }
        }
        return new Evacuations(all);
    }

    private static Evacuation parse(String line) {
        String[] words = line.split(" ", -1);
        boolean hard = words.length == 4 && words[3].equals(HARD);
        if (!(words.length == 3 || hard) || !words[1].equals("until")) {
            throw new IllegalArgumentException(line);
        }
        return new Evacuation(Scope.parse(words[0]), Instant.parse(words[2]), hard);
    }

    /** Keeps these instead of those that it keeps; when it returns they are on the disk. */
    public void write(Evacuations evacuations) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Evacuation each : evacuations.all()) {
            if (each.drill()) {
                continue;
            }
            text.append(each.scope()).append(" until ").append(each.until()).append(each.hard() ? " " + HARD : "").append('\n');
        }
        WholeFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same, by and by and in the order of the calls. Done when they are on the disk; fails with what kept them from it, which is never
     * thrown: what is decided holds all the same.
     */
    CompletableFuture<Void> keep(Evacuations evacuations) {
        CompletableFuture<Void> kept = new CompletableFuture<>();
        try {
            writer.execute(() -> {
                try {
                    write(evacuations);
                    kept.complete(null);
                } catch (Throwable e) {
                    kept.completeExceptionally(e);
                }
            });
        } catch (Throwable e) { // an Error too: where there is no memory for a thread, traffic must go elsewhere all the more
            kept.completeExceptionally(e);
        }
        return kept;
    }
}
