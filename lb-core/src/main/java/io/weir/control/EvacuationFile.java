package io.weir.control;

import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Scope;
import io.weir.state.StateThread;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
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
    private static final String NEXT = ".new";
    private static final String HARD = "hard";

    /** Another process's next file is there for less than that; one that is older was left by one that has ended. */
    private static final Duration LEFT = Duration.ofMinutes(1);

    private final Path folder;
    private final Path file;
    private final Executor writer;

    /** In that folder, which is made when something is to be kept; written on a thread of its own, which is there while there is something to write. */
    public EvacuationFile(Path folder) {
        this(folder, StateThread.start());
    }

    /** {@code writer} runs one task after the other. */
    public EvacuationFile(Path folder, Executor writer) {
        this.folder = folder.toAbsolutePath();
        this.file = folder.resolve(NAME);
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
        make(folder);
        Path next = Files.createTempFile(folder, NAME, NEXT);
        try {
            removeLeft(folder, next);
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                var bytes = StandardCharsets.UTF_8.encode(text.toString());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
        force(folder); // else the disk may still hold the old name after the power was lost
    }

    /** A folder, and those above it, each of which the disk has when the next is made in it. */
    private static void make(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || Files.isDirectory(folder)) {
            return;
        }
        make(parent);
        Files.createDirectories(folder);
        force(parent);
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** Files that processes were about to write when they ended. Their dates and that of {@code next} are of the same clock. */
    private static void removeLeft(Path folder, Path next) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, NAME + "*" + NEXT)) {
            Instant oldest = Files.getLastModifiedTime(next).toInstant().minus(LEFT);
            for (Path each : all) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException | DirectoryIteratorException _) {
            // Another process was faster, or it isn't ours; what is left does no harm.
        }
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
