package io.weir.app;

import io.weir.admin.Readiness;
import io.weir.admin.Reloader;
import io.weir.admin.Running;
import io.weir.admin.ServedConfig;
import io.weir.config.Misfit;
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

/** A load balancer as its admin API sees it. */
record AdminView(LoadBalancer balancer) implements Running {
    @Override
    public ServedConfig config() {
        return balancer.config();
    }

    @Override
    public String version() {
        return BuildInfo.version();
    }

    @Override
    public Instant started() {
        return ProcessHandle.current().info().startInstant().orElse(config().loaded());
    }

    @Override
    public Settings asFound(Settings next) {
        return FoundWorkers.asNow(config().settings(), next);
    }

    @Override
    public @Nullable Reloader reloader() {
        return balancer.reloads();
    }

    @Override
    public Readiness readiness() {
        return balancer.readiness();
    }

    @Override
    public RoutingTable table() {
        return balancer.table();
    }

    @Override
    public Control control() {
        return balancer.control().control();
    }

    @Override
    public CompletableFuture<List<WorkerReport>> describe(Collection<Worker> workers) {
        return balancer.control().monitor().describe(workers);
    }

    @Override
    public <T> CompletableFuture<T> onControl(Function<Control, T> question) {
        return balancer.onControl(question);
    }

    @Override
    public List<String> listeners() {
        return balancer.listening();
    }

    @Override
    public int connections() {
        return balancer.connections();
    }

    @Override
    public List<EventLoops.Loop> loops() {
        return balancer.loops();
    }

    @Override
    public @Nullable Metrics metrics() {
        return balancer.metrics();
    }

    @Override
    public Subject subject() {
        return new LiveSubject(balancer, config().settings());
    }

    @Override
    public AtStake atStake(Settings next) {
        return balancer.atStake(next);
    }

    @Override
    public List<String> unusableFiles(Settings next) {
        return CertificateKeeper.check(next).problems().stream().map(Misfit::toString).toList();
    }

    @Override
    public List<RecentRequests.Seen> recentRequests() {
        return balancer.recentRequests();
    }

    @Override
    public long now() {
        return System.nanoTime();
    }
}
