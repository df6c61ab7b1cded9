package io.weir.admin;

import io.weir.config.Settings;
import io.weir.control.Control;
import io.weir.explain.Subject;
import io.weir.frontend.AtStake;
import io.weir.health.WorkerReport;
import io.weir.loop.EventLoops;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.RecentRequests;
import io.weir.telemetry.metrics.Metrics;
import io.weir.topology.Worker;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The load balancer that the pages tell of. Asked on the admin's threads, from before it is ready until it is closed. */
public interface Running {
    String version();

    /** When the process began. */
    Instant started();

    Readiness readiness();

    ServedConfig config();

    RoutingTable table();

    /** What makes the plans. Beyond what its methods say to be for any thread, the control thread's alone. */
    Control control();

    /** How these workers are by their checks and their answers; those that nobody watches are left out. */
    CompletableFuture<List<WorkerReport>> describe(Collection<Worker> workers);

    /** What the control thread says to a question, or does. Fails if there is none any more. */
    <T> CompletableFuture<T> onControl(Function<Control, T> question);

    /** Where clients connect to, in the order of the config; none before it listens. */
    List<String> listeners();

    /** Open client connections. */
    int connections();

    List<EventLoops.Loop> loops();

    /** What is counted of the traffic, or null if nothing is. */
    @Nullable Metrics metrics();

    /** What reads the config again, or null if there is none to read. */
    default @Nullable Reloader reloader() {
        return null;
    }

    /** Another config with the workers that would be found for it, as far as they are known. */
    default Settings asFound(Settings next) {
        return next;
    }

    /** The same, to ask what would become of requests. */
    Subject subject();

    /** What is open and would be closed if these settings were in force. Throws an {@link IllegalStateException} if that can't be told. */
    AtStake atStake(Settings next);

    /** What of the files that these settings name can't be used. */
    List<String> unusableFiles(Settings next);

    /** Some of the requests of the last minutes. */
    List<RecentRequests.Seen> recentRequests();

    /** In ns, as the event loops count them. */
    long now();
}
