package io.weir.app;

import io.weir.admin.AdminServer;
import io.weir.admin.EventFeed;
import io.weir.admin.MetricsPage;
import io.weir.admin.RunFolder;
import io.weir.admin.Running;
import io.weir.config.AdminSettings;
import io.weir.loop.AcceptFailures;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The admin API, opened on a thread of its own beside the listeners: clients wait for these alone. */
final class AdminOpening {
    /**
     * What came of it.
     *
     * @param server null if nothing asks for one
     * @param lines for the start-up lines
     * @param failures what the config asks for and can't be had
     */
    record Outcome(@Nullable AdminServer server, List<String> lines, List<String> failures) {}

    /** In ns, between two attempts to have an address. */
    private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(20);

    private final @Nullable AdminSettings settings;
    private final @Nullable String key;
    private final CompletableFuture<?> free;
    private final Duration patience;
    private final List<String> lines = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final FutureTask<Outcome> task;

    private AdminOpening(
            Running running,
            EventFeed events,
            @Nullable MetricsPage metrics,
            @Nullable String key,
            AcceptFailures acceptFailures,
            CompletableFuture<?> free,
            Duration patience) {
        this.settings = running.config().settings().admin();
        this.key = key;
        this.free = free;
        this.patience = patience;
        this.task = new FutureTask<>(() -> open(running, events, metrics, acceptFailures));
    }

    /**
     * Begins.
     *
     * @param key for the run folder, see {@link RunFile}
     * @param free done when the addresses are no longer those of another process; if it fails, nothing is opened
     * @param patience how long an address that can't be had is tried again
     */
    static AdminOpening begin(
            Running running,
            EventFeed events,
            @Nullable MetricsPage metrics,
            @Nullable String key,
            AcceptFailures acceptFailures,
            CompletableFuture<?> free,
            Duration patience) {
        AdminOpening opening = new AdminOpening(running, events, metrics, key, acceptFailures, free, patience);
        Thread.ofPlatform().name("weir-admin-start").start(opening.task);
        return opening;
    }

    /** Waits for the end. */
    Outcome await() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            return new Outcome(null, List.of(), List.of("the admin API can't be opened: " + e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(null, List.of(), List.of("interrupted"));
        }
    }

    private Outcome open(Running running, EventFeed events, @Nullable MetricsPage metrics, AcceptFailures acceptFailures) {
        if (settings == null && key == null) {
            return new Outcome(null, List.of(), List.of());
        }
        BindAddress bind = settings == null ? null : settings.bind();
        AdminServer server = new AdminServer(
                running, events, metrics, settings == null ? null : settings.token(), bind == null ? "" : bind.host(), acceptFailures);
        try {
            free.join();
        } catch (CompletionException | CancellationException e) {
            server.close();
            return new Outcome(null, List.of(), List.of());
        }
        if (bind != null) {
            listen(server, bind);
        }
        Path socket = settings == null ? null : settings.socket();
        boolean open = socket == null || listen(server, socket);
        if (key != null && open) {
            listenInRunFolder(server, key, socket);
        }
        return new Outcome(server, lines, failures);
    }

    /** Something that needs an address which another process may be about to let go. */
    @FunctionalInterface
    private interface Binding<T> {
        T bind() throws IOException;
    }

    private <T> T patiently(Binding<T> binding) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return binding.bind();
            } catch (IOException e) {
                if (System.nanoTime() >= deadline) {
                    throw e;
                }
                LockSupport.parkNanos(AGAIN);
            }
        }
    }

    private void listen(AdminServer server, BindAddress bind) {
        try {
            var at = patiently(() -> server.listen(bind));
            boolean guarded = settings != null && settings.token() != null;
            lines.add("admin at " + server.addresses().getLast()
                    + (guarded || at.getAddress().isLoopbackAddress()
                            ? ""
                            : "; without admin.token, others than this machine get /live, /ready and /metrics alone"));
        } catch (IOException e) {
            failures.add(LoadBalancer.cannotListenAtPort(bind.toString(), e));
        }
    }

    private boolean listen(AdminServer server, Path socket) {
        try {
            patiently(() -> {
                server.listen(socket);
                return socket;
            });
            lines.add("admin at " + socket);
            return true;
        } catch (IOException e) {
            failures.add(LoadBalancer.cannotListen(socket.toString(), e));
            return false;
        }
    }

    /** A socket of its own there, or a link to the one that the config names. It is a convenience, so a process runs without, too. */
    private void listenInRunFolder(AdminServer server, String name, @Nullable Path socket) {
        RunFolder folder = RunFolder.all(System::getenv).getFirst();
        try {
            folder.prepare();
            Path own = folder.socket(name);
            if (socket == null) {
                server.listen(own);
                lines.add("admin at " + own);
            } else {
                folder.forgetLinksTo(socket);
                server.link(own, socket);
            }
        } catch (IOException e) {
            lines.add("no admin socket in " + folder.path() + ", where `weir status` looks: " + e.getMessage());
        }
    }
}
