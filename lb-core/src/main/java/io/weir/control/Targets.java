package io.weir.control;

import io.weir.balancing.Latency;
import io.weir.balancing.Target;
import io.weir.config.AppSettings;
import io.weir.topology.Worker;
import org.jspecify.annotations.Nullable;

/** Makes the targets of an app's plans: live ones, or for tools such as lead nowhere. */
@FunctionalInterface
public interface Targets {
    /** {@code latency} is null if nobody asks how long it takes to answer. */
    Target of(AppSettings app, Worker worker, int weight, @Nullable Latency latency);

    /** The same; {@code known} is the worker's target until now, or null. It may be that one, which is as is said from now on. */
    default Target of(AppSettings app, Worker worker, int weight, @Nullable Latency latency, @Nullable Target known) {
        return of(app, worker, weight, latency);
    }
}
