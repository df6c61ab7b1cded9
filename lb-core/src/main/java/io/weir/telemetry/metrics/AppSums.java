package io.weir.telemetry.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.weir.balancing.Target;
import io.weir.upstream.EndpointTarget;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What all event loops have done for each app, and for all that have no series of their own. */
final class AppSums {
    /** The name of those without series of their own. An app of that name shares it. */
    static final String OTHER = "other";

    /** What the page may take for apps and workers, in bytes: it is to stay below 10 MB. */
    private static final long ROOM = 9_500_000;

    /** Lines of an app, and bytes of each beside its name; the same of a worker. */
    private static final int APP_LINES = Buckets.COUNT + 10;

    private static final int APP_LINE = 64;
    private static final int WORKER_LINES = 5;
    private static final int WORKER_LINE = 84;

    private final Map<String, List<AppCounts>> apps = new TreeMap<>();

    AppSums(List<LoopMetrics> loops) {
        for (LoopMetrics loop : loops) {
            loop.apps().forEach((name, counts) -> add(name, counts));
            for (StatusClass status : StatusClass.values()) {
                if (loop.others().ofStatus(status) > 0) {
                    add(OTHER, loop.others());
                    break;
                }
            }
        }
    }

    private void add(String name, AppCounts counts) {
        apps.computeIfAbsent(name, _ -> new ArrayList<>()).add(counts);
    }

    /** What the apps' own series leave of the page to others and to workers, in bytes. */
    long room() {
        return ROOM - apps.keySet().stream().mapToLong(app -> (long) APP_LINES * (APP_LINE + app.length())).sum();
    }

    /** @param room bytes that workers may take */
    void snapshot(MetricSnapshots.Builder page, long room) {
        page.metricSnapshot(requests());
        page.metricSnapshot(durations());
        page.metricSnapshot(counter("weir_app_retries", "Attempts beyond an exchange's first.", AppCounts::retries));
        page.metricSnapshot(counter("weir_app_request_body_bytes", "Bytes of request bodies, without their framing.", AppCounts::requestBytes));
        page.metricSnapshot(counter("weir_app_response_body_bytes", "Bytes of response bodies, without their framing.", AppCounts::responseBytes));
        workers(page, room);
    }

    private CounterSnapshot requests() {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("weir_app_requests").help("Exchanges of an app, by the class of the status that the client got.");
        apps.forEach((name, all) -> {
            for (StatusClass status : StatusClass.values()) {
                long n = sum(all, counts -> counts.ofStatus(status));
                if (n > 0) {
                    counter.dataPoint(count(Labels.of("app", name, "status_class", status.label()), n));
                }
            }
        });
        return counter.build();
    }

    private HistogramSnapshot durations() {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name("weir_app_request_duration_seconds")
                .help("From the first byte of the request to the end of the exchange.");
        apps.forEach((name, all) -> {
            long[] counts = new long[Buckets.COUNT + 1];
            for (int i = 0; i < counts.length; i++) {
                int bucket = i;
                counts[i] = sum(all, of -> of.inBucket(bucket));
            }
            histogram.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(Labels.of("app", name))
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(Buckets.bounds(), counts))
                    .sum(sum(all, AppCounts::duration) / 1e6)
                    .build());
        });
        return histogram.build();
    }

    private CounterSnapshot counter(String name, String help, ToLongFunction<AppCounts> of) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        apps.forEach((app, all) -> counter.dataPoint(count(Labels.of("app", app), sum(all, of))));
        return counter.build();
    }

    private void workers(MetricSnapshots.Builder page, long room) {
        CounterSnapshot.Builder attempts =
                CounterSnapshot.builder().name("weir_worker_attempts").help("Attempts at a worker: answered, failed through its fault, or abandoned before it could answer.");
        GaugeSnapshot.Builder inFlight =
                GaugeSnapshot.builder().name("weir_worker_in_flight").help("Exchanges that are under way at a worker.");
        GaugeSnapshot.Builder connections = GaugeSnapshot.builder()
                .name("weir_worker_connections")
                .help("Connections to a worker's address, open or being made, of all apps that share it.");
        long[] left = {room};
        apps.forEach((app, all) -> {
            Map<Target, Map<Outcome, Long>> workers = new LinkedHashMap<>(); // targets are equal to themselves alone
            all.forEach(counts -> counts.workers().forEach((target, of) -> {
                Map<Outcome, Long> sums = workers.computeIfAbsent(target, _ -> new EnumMap<>(Outcome.class));
                for (Outcome outcome : Outcome.values()) {
                    sums.merge(outcome, of.get(outcome), Long::sum);
                }
            }));
            workers.forEach((target, sums) -> {
                left[0] -= (long) WORKER_LINES * (WORKER_LINE + app.length() + target.name().length() + target.zone().length());
                if (left[0] > 0) {
                    Labels labels = Labels.of("app", app, "worker", target.name(), "zone", target.zone());
                    sums.forEach((outcome, n) -> attempts.dataPoint(count(labels.add("outcome", outcome.label()), n)));
                    inFlight.dataPoint(gauge(labels, target.inFlight()));
                    if (target instanceof EndpointTarget at) {
                        connections.dataPoint(gauge(labels, at.endpoint().connections()));
                    }
                }
            });
        });
        page.metricSnapshot(attempts.build());
        page.metricSnapshot(inFlight.build());
        page.metricSnapshot(connections.build());
    }

    private static CounterDataPointSnapshot count(Labels labels, long value) {
        return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static long sum(List<AppCounts> all, ToLongFunction<AppCounts> of) {
        return all.stream().mapToLong(of).sum();
    }
}
