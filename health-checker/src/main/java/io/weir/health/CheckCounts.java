package io.weir.health;

import io.weir.config.CheckSettings;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many checks were made, by what was asked and by what came of it. Written by the health loop, read by any thread. */
public final class CheckCounts {
    private static final List<String> KINDS = List.of("tcp", "http", "tls", "grpc");
    private static final List<CheckResult.Failure> FAILURES = List.of(CheckResult.Failure.values());
    /** A column for good ones, one for each failure, and one for those that could not be asked. */
    private static final int OUTCOMES = FAILURES.size() + 2;

    private final AtomicLongArray counts = new AtomicLongArray(KINDS.size() * OUTCOMES);

    /** Takes the counts one by one. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Takes one.
         *
         * @param kind {@code tcp}, {@code http}, {@code tls} or {@code grpc}
         * @param outcome {@code passed}, a {@link CheckResult.Failure} in lower case, or {@code not_asked}
         */
        void count(String kind, String outcome, long count);
    }

    /** Those of all kinds that had an outcome. */
    public long made() {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += i % OUTCOMES == OUTCOMES - 1 ? 0 : counts.get(i);
        }
        return sum;
    }

    public void forEach(Reader reader) {
        for (int i = 0; i < counts.length(); i++) {
            reader.count(KINDS.get(i / OUTCOMES), outcome(i % OUTCOMES), counts.get(i));
        }
    }

    void made(CheckSettings.Kind kind, CheckResult result) {
        CheckResult.Failure failure = result.failure();
        counts.incrementAndGet(row(kind) + (failure == null ? 0 : 1 + FAILURES.indexOf(failure)));
    }

    void notAsked(CheckSettings.Kind kind) {
        counts.incrementAndGet(row(kind) + OUTCOMES - 1);
    }

    private static int row(CheckSettings.Kind kind) {
        return OUTCOMES
                * switch (kind) {
                    case CheckSettings.Tcp _ -> 0;
                    case CheckSettings.Http _ -> 1;
                    case CheckSettings.Tls _ -> 2;
                    case CheckSettings.Grpc _ -> 3;
                };
    }

    private static String outcome(int column) {
        if (column == 0) {
            return "passed";
        }
        return column == OUTCOMES - 1 ? "not_asked" : FAILURES.get(column - 1).name().toLowerCase(Locale.ROOT);
    }
}
