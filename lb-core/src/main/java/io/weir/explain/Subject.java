package io.weir.explain;

import io.weir.config.Settings;
import io.weir.health.WorkerReport;
import io.weir.routing.App;
import io.weir.routing.RoutingTable;
import io.weir.topology.Worker;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The load balancer that a question is about: one that runs, or one that a config describes. */
public interface Subject {
    Settings settings();

    RoutingTable table();

    /** Its listeners, at least one, in the order of the config. */
    List<Door> doors();

    /**
     * How an app that the table leads to is at the moment, for requests that read that plan.
     *
     * @throws IllegalStateException if that can't be told; the message says what to do
     */
    AppNow now(App app, App.RegionPlan plan);

    /** What is known of the health of these workers, as far as anything is. */
    Map<Worker, WorkerReport> reports(Collection<Worker> workers);
}
