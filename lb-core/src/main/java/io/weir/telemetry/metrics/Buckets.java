package io.weir.telemetry.metrics;

/**
 * Bounds of duration buckets: 0.1 ms, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, …, two to an octave, up to 78.6 s. A bound belongs to the bucket
 * below it, as Prometheus has it.
 */
final class Buckets {
    /** Those with a bound; one more takes the rest. */
    static final int COUNT = 40;

    private static final long FIRST_MICROS = 100;
    private static final double[] SECONDS = new double[COUNT + 1];

    static {
        for (int i = 0; i < COUNT; i++) {
            SECONDS[i] = boundMicros(i) / 1e6;
        }
        SECONDS[COUNT] = Double.POSITIVE_INFINITY;
    }

    private Buckets() {}

    /** Upper bounds in s; the last one is infinite. */
    static double[] bounds() {
        return SECONDS.clone();
    }

    static long boundMicros(int bucket) {
        long octave = FIRST_MICROS << (bucket / 2);
        return bucket % 2 == 0 ? octave : octave + octave / 2;
    }

    /** The bucket of a duration in µs, from 0 to {@link #COUNT}. */
    static int of(long micros) {
        if (micros <= FIRST_MICROS) {
            return 0;
        }
        long hundreds = (micros - 1) / FIRST_MICROS; // at least 1
        int octave = 63 - Long.numberOfLeadingZeros(hundreds);
        int bucket = Math.min(2 * octave, COUNT);
        while (bucket < COUNT && boundMicros(bucket) < micros) {
            bucket++;
        }
        return bucket;
    }
}
