package io.weir.health;

import io.weir.config.CheckSettings;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many checks were made, by what was asked and by what came of it. Written by the health loop, read by any thread. */
public final class CheckCounts {
    private static final List<String> KINDS = List.of("tcp", "http", "tls", "grpc", "gateway");
    private static final List<CheckResult.Failure> FAILURES = List.of(CheckResult.Failure.values());
    /** A column for good ones, and one for each failure. */
    private static final int OUTCOMES = FAILURES.size() + 1;

    private static final int UNASKED = column(CheckResult.Failure.UNASKED);

    private final AtomicLongArray counts = new AtomicLongArray(KINDS.size() * OUTCOMES);

    /** Takes the counts one by one. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Takes one.
         *
         * @param kind {@code tcp}, {@code http}, {@code tls}, {@code grpc} or {@code gateway}
         * @param outcome {@code passed}, or a {@link CheckResult.Failure} in lower case
         */
        void count(String kind, String outcome, long count);
    }

    /** Those of all kinds that had an outcome. */
    public long made() {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += i % OUTCOMES == UNASKED ? 0 : counts.get(i);
        }
        return sum;
    }

    public void forEach(Reader reader) {
        for (int i = 0; i < counts.length(); i++) {
            reader.count(KINDS.get(i / OUTCOMES), outcome(i % OUTCOMES), counts.get(i));
        }
    }

    void add(CheckSettings.Kind kind, CheckResult result) {
        CheckResult.Failure failure = result.failure();
        counts.incrementAndGet(row(kind) + (failure == null ? 0 : column(failure)));
    }

    private static int column(CheckResult.Failure failure) {
        return 1 + FAILURES.indexOf(failure);
    }

    private static int row(CheckSettings.Kind kind) {
        return OUTCOMES
                * switch (kind) {
                    case CheckSettings.Tcp _ -> 0;
                    case CheckSettings.Http _ -> 1;
                    case CheckSettings.Tls _ -> 2;
                    case CheckSettings.Grpc _ -> 3;
                    case CheckSettings.Pools _ -> 4;
                };
    }

    private static String outcome(int column) {
        return column == 0 ? "passed" : FAILURES.get(column - 1).name().toLowerCase(Locale.ROOT);
    }
}
