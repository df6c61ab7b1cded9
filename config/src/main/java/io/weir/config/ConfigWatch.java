package io.weir.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells, on a thread of its own, that a config has changed on disk: the file, or one of the folder's files, however it was replaced.
 *
 * <p>The file system's notices are waited for in every folder on the way to it, through all symbolic links. When they have come and
 * then none for a moment, the files are looked at, and it is told only if their contents are others. As some file systems give no
 * notice of what others do to them, the files are looked at now and then besides, and more often where no notices can be had at all.
 * Where notices were of plain files in the folder alone, no others are looked at: there may be a hundred thousand.
 */
public final class ConfigWatch implements AutoCloseable {

    private static final WatchEvent.Kind<?>[] NAMES = {StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE};
    private static final WatchEvent.Kind<?>[] NAMES_AND_CONTENTS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY
    };

    /** File systems, by how their types begin, that others change without notice. */
    private static final List<String> SHARED = List.of("nfs", "cifs", "smb", "fuse", "9p", "virtiofs", "ceph", "gluster", "lustre", "afs");

    /** Links and folders may change while they are followed; more often than this in a row, only if somebody means to. */
    private static final int MOST_ROUNDS = 5;

    /** How often notices of what does not matter are taken in the time without notices; what matters waits behind them. */
    private static final int OTHERS_IN_QUIET = 10;

    private static final long CLOSE_MILLIS = 5_000;

    private final Path path;
    private final Consumer<ConfigChange> changed;
    private final Times times;
    private final @Nullable WatchService service;
    private final ConfigState state;
    private final Debounce debounce;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Map<WatchKey, WatchedFolders.Interest> keys = new HashMap<>();
    /** Files of the folder that notices were of since the last look, if they were of nothing else. */
    private final Set<Path> touched = new HashSet<>();

    private boolean onlyTouched = true;
    /** Why there are no notices, or not of all folders; null: there are. */
    private volatile @Nullable String without;
    private final boolean isShared;

    /**
     * How long it takes.
     *
     * @param quiet without notices, before the files are looked at
     * @param longest since the first notice, after which they are looked at even so
     * @param look from one look to the next, without notices
     * @param slowLook the same, beside notices
     */
    record Times(Duration quiet, Duration longest, Duration look, Duration slowLook) {
        static final Times USUAL = new Times(Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    /** Gives notices, or fails with the reason. */
    interface Notices {
        WatchService open() throws IOException;
    }

    private ConfigWatch(Path path, Consumer<ConfigChange> changed, Times times, Notices notices) {
        this.path = path;
        this.changed = changed;
        this.times = times;
        this.debounce = new Debounce(times.quiet.toNanos(), times.longest.toNanos());
        this.service = open(notices);
        this.isShared = isShared(path);
        register();
        this.state = new ConfigState(path, System::currentTimeMillis);
        this.thread = Thread.ofPlatform().name("weir-config-watch").daemon().unstarted(this::run);
    }

    /**
     * Begins. What changes from when this returns is told; so begin before the config is read.
     *
     * @param path of the config, a file or a folder; it need not be there
     * @param changed is told each time of what may have changed since it was told before; not again before it has returned
     */
    public static ConfigWatch begin(Path path, Consumer<ConfigChange> changed) {
        return begin(path, changed, Times.USUAL, FileSystems.getDefault()::newWatchService);
    }

    static ConfigWatch begin(Path path, Consumer<ConfigChange> changed, Times times, Notices notices) {
        var watch = new ConfigWatch(path, changed, times, notices);
        watch.thread.start();
        return watch;
    }

    /** How it finds out, for people: {@code by notices of the file system, and a look every 10s}. */
    public String how() {
        String reason = without;
        String look = "a look every " + Durations.print(period());
        return reason == null ? "by notices of the file system, and " + look : "by " + look + ", since there are no notices: " + reason;
    }

    /** Nothing is told after this has returned, if it is not called by whoever was told. */
    @Override
    public void close() {
        closed.countDown();
        try {
            if (service != null) {
                service.close();
            }
            if (Thread.currentThread() != thread) {
                thread.join(CLOSE_MILLIS);
            }
        } catch (IOException _) {
            thread.interrupt(); // it would not be woken otherwise
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable WatchService open(Notices notices) {
        try {
            return notices.open();
        } catch (IOException | UnsupportedOperationException e) {
            without = reason(e);
            return null;
        }
    }

    private static String reason(Exception e) {
        return Quoted.clean(String.valueOf(e.getMessage()));
    }

    private static boolean isShared(Path path) {
        try {
            Path there = path.toAbsolutePath();
            while (!Files.exists(there)) {
                Path parent = there.getParent();
                if (parent == null) {
                    return false;
                }
                there = parent;
            }
            String type = Files.getFileStore(there).type();
            return SHARED.stream().anyMatch(type::startsWith);
        } catch (IOException _) {
            return true; // more looks do no harm
        }
    }

    private Duration period() {
        return without != null || isShared ? times.look : times.slowLook;
    }

    private void run() {
        long nextLook = System.nanoTime() + period().toNanos();
        try {
            while (closed.getCount() > 0) {
                long before = System.nanoTime();
                boolean noticed = awaitNotice(debounce.isPending() ? debounce.left(before) : nextLook - before);
                long now = System.nanoTime();
                if (noticed) {
                    debounce.note(now);
                }
                if (debounce.isPending() ? debounce.left(now) <= 0 : now >= nextLook) {
                    look(debounce.isPending());
                    nextLook = System.nanoTime() + period().toNanos();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException _) {
            closed.countDown();
        }
    }

    private void look(boolean noticed) {
        boolean known = noticed && onlyTouched && !touched.isEmpty() && touched.stream().noneMatch(Files::isSymbolicLink);
        ConfigChange change = known ? new ConfigChange(touched) : ConfigChange.ANY;
        touched.clear();
        onlyTouched = true;
        if (noticed) {
            debounce.clear();
            if (change.files() == null) {
                register(); // first of all: what changes from now on is noticed
            }
        }
        if (!(change.files() == null ? state.hasChanged() : state.hasChanged(change.files())) || closed.getCount() == 0) {
            return;
        }
        if (!noticed) {
            register(); // what leads there may be another, too
        }
        try {
            changed.accept(change);
        } catch (RuntimeException e) {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e); // and it goes on with the next change
        }
    }

    /** Whether something has happened that may matter. */
    private boolean awaitNotice(long nanos) throws InterruptedException {
        if (service == null) {
            var _ = closed.await(nanos, TimeUnit.NANOSECONDS);
            return false;
        }
        WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
        if (key == null) {
            return false;
        }
        WatchedFolders.Interest interest = keys.get(key);
        boolean matters = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            // Where notices were lost, there is no name.
            if (interest != null && (!(event.context() instanceof Path name) || interest.has(name.toString()))) {
                matters = true;
                note(event, interest);
            }
        }
        if (!matters) {
            // A log that is written in the same folder wakes nobody more often than this: until the reset, its notices are one.
            var _ = closed.await(times.quiet.toNanos() / OTHERS_IN_QUIET, TimeUnit.NANOSECONDS);
        }
        boolean isThere = key.reset();
        onlyTouched &= isThere;
        return matters || (!isThere && interest != null);
    }

    /** A file that is one of the folder's and no link has been written to, or more has happened. */
    private void note(WatchEvent<?> event, WatchedFolders.Interest interest) {
        if (event.context() instanceof Path name && interest.files() && !interest.names().contains(name.toString())) {
            touched.add(path.resolve(name));
        } else {
            onlyTouched = false;
        }
    }

    /** Asks for notices in all folders that matter now, and no others. */
    private void register() {
        if (service == null) {
            return;
        }
        Map<Path, WatchedFolders.Interest> wanted = WatchedFolders.of(path);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            register(service, wanted);
            Map<Path, WatchedFolders.Interest> meanwhile = WatchedFolders.of(path);
            if (meanwhile.equals(wanted)) {
                return;
            }
            wanted = meanwhile;
        }
    }

    private void register(WatchService notices, Map<Path, WatchedFolders.Interest> folders) {
        var registered = new HashMap<WatchKey, WatchedFolders.Interest>();
        String failure = null;
        for (Map.Entry<Path, WatchedFolders.Interest> folder : folders.entrySet()) {
            WatchedFolders.Interest interest = folder.getValue();
            try {
                registered.put(folder.getKey().register(notices, interest.contents() ? NAMES_AND_CONTENTS : NAMES), interest);
            } catch (NoSuchFileException | NotDirectoryException _) {
                debounce.note(System.nanoTime()); // it has gone meanwhile: what remains is found out in the next look
            } catch (AccessDeniedException e) {
                // Of folders on the way, only that they are replaced would be missed.
                failure = interest.contents() ? reason(e) : failure;
            } catch (IOException e) {
                failure = reason(e);
            }
        }
        keys.keySet().stream().filter(key -> !registered.containsKey(key)).forEach(WatchKey::cancel);
        keys = registered;
        without = failure;
    }
}
