package io.weir.telemetry.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * How long things took on one event loop, by class of their status, in HdrHistograms of 1 µs to 1 h with two digits. One that nobody needs
 * is never made.
 */
final class LoopDurations {
    static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
    static final int DIGITS = 2;

    private final AtomicReferenceArray<@Nullable SingleWriterRecorder> byStatus = new AtomicReferenceArray<>(StatusClass.count());

    /** Its loop only. */
    void record(StatusClass status, long micros) {
        SingleWriterRecorder recorder = byStatus.getPlain(status.index());
        if (recorder == null) {
            recorder = new SingleWriterRecorder(1, LONGEST_MICROS, DIGITS);
            byStatus.setRelease(status.index(), recorder);
        }
        recorder.recordValue(Math.min(Math.max(micros, 0), LONGEST_MICROS));
    }

    /** Adds what was recorded since the last call to {@code sum}. One thread at a time. */
    void drainTo(StatusClass status, Histogram sum) {
        SingleWriterRecorder recorder = byStatus.getAcquire(status.index());
        if (recorder != null) {
            sum.add(recorder.getIntervalHistogram());
        }
    }

    boolean has(StatusClass status) {
        return byStatus.getAcquire(status.index()) != null;
    }
}
