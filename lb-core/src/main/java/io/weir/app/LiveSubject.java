package io.weir.app;

import io.weir.config.ListenerSettings;
import io.weir.config.Settings;
import io.weir.explain.AppNow;
import io.weir.explain.Door;
import io.weir.explain.Subject;
import io.weir.health.WorkerReport;
import io.weir.routing.App;
import io.weir.routing.RoutingTable;
import io.weir.topology.BindAddress;
import io.weir.topology.Worker;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A load balancer that runs, as explanations see it. Asked on threads that may wait. */
record LiveSubject(LoadBalancer balancer, Settings settings) implements Subject {
    /** For the control thread and the health loop, which never work for long at a time. */
    private static final int PATIENCE_SECONDS = 5;

    @Override
    public RoutingTable table() {
        return balancer.table();
    }

    /** With the ports that they got; before it listens, those of the config. */
    @Override
    public List<Door> doors() {
        List<InetSocketAddress> got = balancer.listening().isEmpty() ? List.of() : balancer.addresses(); // whole, once it says so
        List<Door> doors = new ArrayList<>();
        for (int i = 0; i < settings.listeners().size(); i++) {
            ListenerSettings listener = settings.listeners().get(i);
            BindAddress asked = listener.bind();
            BindAddress at = i < got.size() ? new BindAddress(asked.host(), got.get(i).getPort()) : asked;
            if (listener.tcp() == null) {
                doors.add(Door.of(listener, at, settings.here().region(), balancer.tls(listener)));
            }
        }
        return doors;
    }

    @Override
    public AppNow now(App app, App.RegionPlan plan) {
        return await(balancer.control().ask(control -> AppNow.of(control, app.name(), plan)));
    }

    @Override
    public Map<Worker, WorkerReport> reports(Collection<Worker> workers) {
        return await(balancer.control().monitor().describe(workers)).stream()
                .collect(Collectors.toMap(WorkerReport::worker, report -> report, (first, _) -> first));
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IllegalStateException(cause == null ? "it can't be told" : cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the control thread doesn't answer; ask again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped", e);
        }
    }
}
