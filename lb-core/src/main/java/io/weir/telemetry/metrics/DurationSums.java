package io.weir.telemetry.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The durations of all event loops since the start, merged when somebody asks. Not thread-safe. */
final class DurationSums {
    private final List<LoopDurations> loops;
    private final Map<StatusClass, Histogram> sums = new EnumMap<>(StatusClass.class);

    DurationSums(List<LoopDurations> loops) {
        this.loops = loops;
    }

    private void update() {
        for (StatusClass status : StatusClass.values()) {
            for (LoopDurations loop : loops) {
                if (loop.has(status)) {
                    loop.drainTo(status, sums.computeIfAbsent(status, _ -> new Histogram(1, LoopDurations.LONGEST_MICROS, LoopDurations.DIGITS)));
                }
            }
        }
    }

    /** All statuses in one. */
    Histogram total() {
        update();
        Histogram total = new Histogram(1, LoopDurations.LONGEST_MICROS, LoopDurations.DIGITS);
        sums.values().forEach(total::add);
        return total;
    }

    HistogramSnapshot snapshot(String name, String help) {
        update();
        HistogramSnapshot.Builder snapshot = HistogramSnapshot.builder().name(name).help(help);
        sums.forEach((status, sum) -> snapshot.dataPoint(point(status, sum)));
        return snapshot.build();
    }

    private static HistogramDataPointSnapshot point(StatusClass status, Histogram sum) {
        long[] counts = new long[Buckets.COUNT + 1];
        double micros = 0;
        for (HistogramIterationValue value : sum.recordedValues()) {
            counts[Buckets.of(value.getValueIteratedTo())] += value.getCountAddedInThisIterationStep();
            micros += (double) sum.medianEquivalentValue(value.getValueIteratedTo()) * value.getCountAddedInThisIterationStep();
        }
        return HistogramDataPointSnapshot.builder()
                .labels(Labels.of("status_class", status.label()))
                .classicHistogramBuckets(ClassicHistogramBuckets.of(Buckets.bounds(), counts))
                .sum(micros / 1e6)
                .build();
    }
}
