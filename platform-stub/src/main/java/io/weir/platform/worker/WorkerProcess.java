package io.weir.platform.worker;

import io.weir.platform.Signals;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.time.Duration;

/** A worker as a process of its own: its options, its lines, its signals, its exit code. */
public final class WorkerProcess {
    private static final int OK = 0;
    private static final int USAGE = 2;
    private static final int CANNOT_LISTEN = 3;
    /** For what is under way at TERM. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private WorkerProcess() {}

    /** Serves until TERM or INT, answers what is under way, and exits: 0 fine, 2 usage, 3 can't listen. */
    public static void main(String... args) {
        // Sampling leaks and flight recorder events cost time at the start that a small app doesn't have.
        System.setProperty("io.netty.leakDetection.level", System.getProperty("io.netty.leakDetection.level", "disabled"));
        System.setProperty("io.netty.jfr.enabled", System.getProperty("io.netty.jfr.enabled", "false"));
        System.exit(run(args));
    }

    static int run(String... args) {
        WorkerOptions options;
        try {
            options = WorkerOptions.of(args, ProcessHandle.current().pid());
        } catch (IllegalArgumentException e) {
            System.err.println("worker: " + e.getMessage());
            System.err.println(WorkerOptions.USAGE);
            return USAGE;
        }
        return serve(options.identity(), options.bind());
    }

    private static int serve(Identity identity, BindAddress bind) {
        WorkerServer server;
        try {
            server = WorkerServer.open(bind, identity);
        } catch (IOException e) {
            System.err.println("worker " + identity.name() + ": can't listen at " + bind + ": " + e.getMessage());
            return CANNOT_LISTEN;
        }
        try (server) {
            Signals signals = Signals.of("TERM", "INT");
            System.out.println("worker " + identity.name() + " of app " + identity.app() + ", region " + identity.region() + ", zone "
                    + identity.zone() + ", pid " + identity.pid() + ", listening at " + server.address().getAddress().getHostAddress() + ":"
                    + server.address().getPort());
            signals.awaitFirst();
            System.out.println("draining");
            System.out.println(server.drain(DRAIN) ? "drained" : "not all was answered within " + DRAIN.toSeconds() + " s");
        }
        return OK;
    }
}
