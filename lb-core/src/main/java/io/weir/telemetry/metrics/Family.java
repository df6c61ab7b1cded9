package io.weir.telemetry.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/** Series of one name that others than {@link Metrics} know; in the making, on the scraper's thread. */
public final class Family {
    /** What their values are. */
    public enum Type {
        GAUGE,
        /** The name is without {@code _total}. */
        COUNTER,
        /** Each has a count and a sum. */
        SUMMARY
    }

    /** Bytes of a line beside its name and its labels' values, about. */
    private static final int REST_OF_LINE = 40;

    private final String name;
    private final Type type;
    private final String help;
    /** By labels: two tiers, or two workers, may be called alike, and of them the first is shown. */
    private final Map<Labels, Point> points = new LinkedHashMap<>();

    private long bytes;

    private record Point(double value, long count) {}

    public Family(String name, Type type, String help) {
        this.name = name;
        this.type = type;
        this.help = help;
    }

    /** A gauge or counter; {@code labels} are names and values by turns. */
    public void add(double value, String... labels) {
        summary(value, 0, labels);
    }

    /** The same of whole numbers. */
    public void count(long value, String... labels) {
        add((double) value, labels);
    }

    /** A summary of {@code count} values. */
    public void summary(double sum, long count, String... labels) {
        points.putIfAbsent(Labels.of(labels), new Point(sum, count));
        bytes += (long) REST_OF_LINE + name.length();
        for (String label : labels) {
            bytes += label.length();
        }
    }

    /** What it takes on the page, about. */
    public long bytes() {
        return bytes;
    }

    MetricSnapshot snapshot() {
        return switch (type) {
            case GAUGE -> {
                GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
                points.forEach((labels, it) -> gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(it.value).build()));
                yield gauge.build();
            }
            case COUNTER -> {
                CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
                points.forEach((labels, it) -> counter.dataPoint(CounterDataPointSnapshot.builder().labels(labels).value(it.value).build()));
                yield counter.build();
            }
            case SUMMARY -> {
                SummarySnapshot.Builder summary = SummarySnapshot.builder().name(name).help(help);
                points.forEach((labels, it) ->
                        summary.dataPoint(SummaryDataPointSnapshot.builder().labels(labels).sum(it.value).count(it.count).build()));
                yield summary.build();
            }
        };
    }
}
