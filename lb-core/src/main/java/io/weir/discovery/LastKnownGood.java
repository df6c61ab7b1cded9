package io.weir.discovery;

import io.weir.state.SealedLines;
import io.weir.state.WholeFile;
import io.weir.topology.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps the last good answers over restarts: a line for each service, {@code dns-a orders.internal 2026-11-28T05:00:00Z PT30S
 * 10.1.0.1/0/1 …} with the address, port and weight of each worker, between a line with the version and one with a checksum. What is
 * broken is refused as a whole, and kept aside. What can't be written is tried again.
 */
final class LastKnownGood implements AutoCloseable {

    static final String NAME = "discovered";
    private static final String TITLE = "weir-discovered 1";
    /** 10,000 services of 600 workers each. */
    private static final long LARGEST = 256L << 20;

    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);
    private static final Duration LAST_RETRY = Duration.ofMinutes(5);

    private final Path file;
    private final Scheduler writer;
    private final DiscoveryListener listener;

    private @Nullable Supplier<Map<Service, Kept>> unwritten;
    private @Nullable Disposable pending;
    private long due;
    private int failures;
    private boolean closed;

    /** In that folder; on a thread of its own, which may wait for the disk. */
    LastKnownGood(Path folder, DiscoveryListener listener) {
        this(folder, Schedulers.newSingle("weir-discovered", true), listener);
    }

    LastKnownGood(Path folder, Scheduler writer, DiscoveryListener listener) {
        this.file = folder.resolve(NAME);
        this.writer = writer;
        this.listener = listener;
    }

    Path path() {
        return file;
    }

    /** What was kept; nothing if there is no file, or one that is broken, which is said and put aside. */
    SortedMap<Service, Kept> read() {
        String why;
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than " + (LARGEST >> 20) + " MiB");
            }
            return parse(Files.readAllBytes(file));
        } catch (NoSuchFileException _) {
            return new TreeMap<>();
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        Path aside = file.resolveSibling(NAME + ".broken-" + writer.now(TimeUnit.MILLISECONDS));
        try {
            Files.move(file, aside);
        } catch (IOException e) {
            why += ", and it can't be put aside: " + e.getMessage();
        }
        listener.notRead(Files.exists(aside) ? aside : file, why);
        return new TreeMap<>();
    }

    static SortedMap<Service, Kept> parse(byte[] bytes) throws IOException {
        List<String> lines = SealedLines.open(TITLE, bytes);
        SortedMap<Service, Kept> all = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                line(lines.get(i), all);
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IOException("line " + (i + 2) + ": " + e.getMessage(), e);
            }
        }
        return all;
    }

    private static void line(String line, Map<Service, Kept> all) {
        String[] words = line.split(" ", -1);
        if (words.length < 5) {
            throw new IllegalArgumentException("no service with workers: " + line);
        }
        List<FoundWorker> workers = new ArrayList<>();
        for (int i = 4; i < words.length; i++) {
            String[] parts = words[i].split("/", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("no worker: " + words[i]);
            }
            Place place = new Place(IpAddress.parse(parts[0]), Integer.parseInt(parts[1]));
            workers.add(new FoundWorker(place, Integer.parseInt(parts[2])));
        }
        all.put(new Service(Service.Kind.of(words[0]), words[1]), new Kept(workers, Instant.parse(words[2]), Duration.parse(words[3])));
    }

    static byte[] print(Map<Service, Kept> all) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(all).forEach((service, kept) -> {
            StringBuilder line = new StringBuilder().append(service).append(' ').append(kept.at()).append(' ').append(kept.valid());
            for (FoundWorker worker : kept.workers()) {
                Place place = worker.place();
                line.append(' ').append(place.address()).append('/').append(place.port()).append('/').append(worker.weight());
            }
            lines.add(line.toString());
        });
        return SealedLines.seal(TITLE, lines);
    }

    /** Keeps what {@code all} says then, {@code within} that time. Returns at once. */
    synchronized void keep(Supplier<Map<Service, Kept>> all, Duration within) {
        unwritten = all;
        if (failures == 0) { // else it is tried again in its time
            writeWithin(within);
        }
    }

    private void writeWithin(Duration within) {
        long at = writer.now(TimeUnit.MILLISECONDS) + within.toMillis();
        if (closed || (pending != null && due <= at)) {
            return;
        }
        if (pending != null) {
            pending.dispose();
        }
        due = at;
        pending = writer.schedule(this::writePending, within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void writePending() {
        Supplier<Map<Service, Kept>> all;
        synchronized (this) {
            pending = null;
            all = unwritten;
            unwritten = null;
        }
        if (all == null) {
            return;
        }
        String why = null;
        try {
            WholeFile.write(file, print(all.get()));
        } catch (IOException | RuntimeException e) {
            why = e.toString();
        }
        boolean news;
        synchronized (this) {
            news = (failures == 0) == (why != null);
            failures = why == null ? 0 : failures + 1;
            if (why != null) {
                unwritten = unwritten == null ? all : unwritten;
                writeWithin(retry());
            } else if (unwritten != null) {
                writeWithin(Duration.ZERO); // it was asked for meanwhile, by when is not known any more
            }
        }
        if (news && why != null) {
            listener.notKept(file, why);
        } else if (news) {
            listener.keptAgain(file);
        }
    }

    private Duration retry() {
        Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
        return delay.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : delay;
    }

    /** Writes what is not written yet. Waits for the disk. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (pending != null) {
                pending.dispose();
            }
        }
        writePending();
        writer.dispose();
    }
}
