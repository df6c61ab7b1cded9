package io.weir.telemetry.metrics;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.Reason;
import io.weir.upstream.AttemptFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What is counted, as a page for Prometheus. Event loops count into memory of their own; summing up and all text is the scraper's work.
 * docs/telemetry.md says what each series means.
 */
public final class Metrics {
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final ProcessState process;
    private final FurtherSeries further;
    private final AppLabels labels;
    private final List<LoopMetrics> loops;
    // What follows is used by one scraper at a time, under the lock of this object.
    private final DurationSums exchanges;
    private final DurationSums attempts;
    private final ExpositionFormatWriter prometheus = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
    private @Nullable PrometheusRegistry jvm;

    /** One that tells of nothing else. */
    public Metrics(int loopCount, int apps, ProcessState process) {
        this(loopCount, apps, process, FurtherSeries.NONE);
    }

    /**
     * @param loopCount event loops that will count
     * @param apps that have series of their own
     */
    public Metrics(int loopCount, int apps, ProcessState process, FurtherSeries further) {
        this.labels = new AppLabels(apps);
        this.process = process;
        this.further = further;
        this.loops = Stream.generate(() -> new LoopMetrics(labels)).limit(loopCount).toList();
        this.exchanges = new DurationSums(loops.stream().map(LoopMetrics::exchanges).toList());
        this.attempts = new DurationSums(loops.stream().map(LoopMetrics::attempts).toList());
    }

    /** What counts that loop's exchanges. */
    public ExchangeListener onLoop(int index) {
        return loops.get(index);
    }

    /** The type of the page for an Accept field: OpenMetrics if it names that, else the Prometheus text format. */
    public String contentType(String accept) {
        return writer(accept).getContentType();
    }

    /** Writes the page. Whoever takes it slowly holds up nobody else. */
    public void write(String accept, OutputStream to) throws IOException {
        MetricSnapshots page;
        synchronized (this) {
            page = snapshots();
        }
        writer(accept).write(to, page);
    }

    private ExpositionFormatWriter writer(String accept) {
        return accept.contains(OPEN_METRICS) ? openMetrics : prometheus;
    }

    /** How long exchanges have taken since the start, in µs. */
    public synchronized Histogram durations() {
        return exchanges.total();
    }

    /** Exchanges that are over. */
    public long exchangesSettled() {
        return Stream.of(Reason.values()).mapToLong(this::ended).sum();
    }

    private long ended(Reason reason) {
        return loops.stream().mapToLong(loop -> loop.ended(reason)).sum();
    }

    private MetricSnapshots snapshots() {
        MetricSnapshots.Builder page = MetricSnapshots.builder();
        page.metricSnapshot(InfoSnapshot.builder().name("weir_build").help("The version that runs.")
                .dataPoint(InfoDataPointSnapshot.builder().labels(Labels.of("version", process.version())).build()).build());
        page.metricSnapshot(gauge("weir_ready", "1 while it takes traffic.", process.ready().getAsBoolean() ? 1 : 0));
        page.metricSnapshot(gauge("weir_client_connections", "Client connections that are open.", process.openConnections().getAsInt()));
        page.metricSnapshot(counter("weir_client_connections_accepted", "Client connections since the start.", process.acceptedConnections().getAsLong()));
        page.metricSnapshot(gauge(
                "weir_upgraded_connections", "Upgraded connections that are open.", (double) loops.stream().mapToLong(LoopMetrics::openUpgrades).sum()));
        page.metricSnapshot(upgrades());
        page.metricSnapshot(exchanges.snapshot(
                "http_server_request_duration_seconds", "From the first byte of a request to the end of its exchange, by the class of the status."));
        page.metricSnapshot(attempts.snapshot(
                "http_client_request_duration_seconds", "From the connection to a worker to the end of the attempt; none: it failed."));
        page.metricSnapshot(reasons());
        page.metricSnapshot(failures());
        AppSums apps = new AppSums(loops);
        List<Family> others = further.families(labels.apps(), apps.room());
        apps.snapshot(page, apps.room() - others.stream().mapToLong(Family::bytes).sum());
        others.forEach(family -> page.metricSnapshot(family.snapshot()));
        page.metricSnapshot(counter("weir_loop_stalls", "Turns of an event loop that took longer than 50 ms.", process.loopStalls().getAsLong()));
        page.metricSnapshot(lines());
        page.metricSnapshot(gauge(
                "weir_buffer_pool_bytes", "Direct memory that the pool of buffers holds.", (double) pooledBytes()));
        for (MetricSnapshot snapshot : jvm().scrape()) {
            page.metricSnapshot(snapshot);
        }
        return page.build();
    }

    private CounterSnapshot reasons() {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name("weir_exchanges").help("Exchanges that are over, by the reason.");
        for (Reason reason : Reason.values()) {
            counter.dataPoint(CounterDataPointSnapshot.builder().labels(Labels.of("reason", reason.code())).value((double) ended(reason)).build());
        }
        return counter.build();
    }

    private CounterSnapshot upgrades() {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name("weir_upgrades").help("Requests for an upgrade of their connection, by what became of them.");
        for (UpgradeOutcome outcome : UpgradeOutcome.values()) {
            double n = loops.stream().mapToLong(loop -> loop.upgrades(outcome)).sum();
            counter.dataPoint(CounterDataPointSnapshot.builder().labels(Labels.of("outcome", outcome.label())).value(n).build());
        }
        return counter.build();
    }

    private CounterSnapshot failures() {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name("weir_attempt_failures").help("Attempts that failed, by how.");
        for (AttemptFailure failure : AttemptFailure.values()) {
            long n = loops.stream().mapToLong(loop -> loop.failed(failure)).sum();
            Labels labels = Labels.of("failure", failure.name().toLowerCase(Locale.ROOT));
            counter.dataPoint(CounterDataPointSnapshot.builder().labels(labels).value((double) n).build());
        }
        return counter.build();
    }

    private CounterSnapshot lines() {
        return CounterSnapshot.builder().name("weir_access_log_lines").help("Lines of the access log, written or lost.")
                .dataPoint(CounterDataPointSnapshot.builder().labels(Labels.of("outcome", "written")).value((double) process.linesWritten().getAsLong()).build())
                .dataPoint(CounterDataPointSnapshot.builder().labels(Labels.of("outcome", "dropped")).value((double) process.linesDropped().getAsLong()).build())
                .build();
    }

    private static CounterSnapshot counter(String name, String help, long value) {
        return CounterSnapshot.builder().name(name).help(help).dataPoint(CounterDataPointSnapshot.builder().value((double) value).build()).build();
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder().name(name).help(help).dataPoint(GaugeDataPointSnapshot.builder().value(value).build()).build();
    }

    private static long pooledBytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider pool ? pool.metric().usedDirectMemory() : 0;
    }

    /** Made when first needed: it costs a start-up 100 ms. */
    private PrometheusRegistry jvm() {
        PrometheusRegistry known = jvm;
        if (known == null) {
            known = new PrometheusRegistry();
            JvmMetrics.builder().register(known);
            jvm = known;
        }
        return known;
    }
}
