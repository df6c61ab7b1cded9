package io.weir.control;

import io.weir.state.SealedLines;
import io.weir.state.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Keeps {@link Latches} over restarts, with when they were so. One that is broken is put aside. */
public final class LatchFile {
    private static final String NAME = "failback";
    private static final String TITLE = "weir-failback 1";
    private static final String AT = "at ";
    /** 100,000 apps with ten tiers each that aren't as ever. */
    private static final long LARGEST = 256L << 20;

    private final Path file;
    private final Executor writer;

    /** In that folder, which is made when something is to be kept. {@code writer} runs one task after the other. */
    public LatchFile(Path folder, Executor writer) {
        this.file = folder.toAbsolutePath().resolve(NAME);
        this.writer = writer;
    }

    /** What was kept, as it was {@code at} then. */
    record Kept(Latches latches, Instant at) {}

    Path path() {
        return file;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /**
     * What was kept; null if nothing was.
     *
     * @throws IOException if it can't be read or is broken, which puts it aside; the message says which
     */
    @Nullable Kept read() throws IOException {
        byte[] bytes;
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException(file + " is larger than " + (LARGEST >> 20) + " MiB");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            return null;
        }
        try {
            List<String> lines = SealedLines.open(TITLE, bytes);
            if (lines.isEmpty() || !lines.getFirst().startsWith(AT)) {
                throw new IOException("it does not say when it was written");
            }
            return new Kept(Latches.parse(lines.subList(1, lines.size())), Instant.parse(lines.getFirst().substring(AT.length())));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            Path aside = file.resolveSibling(NAME + ".broken");
            String why = file + ": " + e.getMessage() + "; ";
            try {
                WholeFile.write(aside, bytes);
                Files.delete(file);
                why += "it is now " + aside;
            } catch (IOException unmoved) {
                why += "it can't be put aside: " + unmoved.getMessage();
            }
            throw new IOException(why, e);
        }
    }

    /** Keeps these instead, by and by and in the order of the calls. Done when they are on the disk. */
    CompletableFuture<Void> keep(Latches latches, Instant at) {
        CompletableFuture<Void> kept = new CompletableFuture<>();
        try {
            writer.execute(() -> {
                try {
                    List<String> lines = new ArrayList<>();
                    lines.add(AT + at);
                    lines.addAll(latches.lines());
                    WholeFile.write(file, SealedLines.seal(TITLE, lines));
                    kept.complete(null);
                } catch (Throwable e) {
                    kept.completeExceptionally(e);
                }
            });
        } catch (Throwable e) { // an Error too: where there is no memory for a thread, plans must be made all the more
            kept.completeExceptionally(e);
        }
        return kept;
    }
}
