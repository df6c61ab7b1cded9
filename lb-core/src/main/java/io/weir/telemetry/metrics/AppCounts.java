package io.weir.telemetry.metrics;

import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one event loop has done for one app. Its loop writes, any thread reads. */
final class AppCounts {
    // Durations come first, then statuses, then these.
    private static final int STATUS = Buckets.COUNT + 1;
    private static final int DURATION = STATUS + StatusClass.count();
    private static final int REQUEST_BYTES = DURATION + 1;
    private static final int RESPONSE_BYTES = REQUEST_BYTES + 1;
    private static final int RETRIES = RESPONSE_BYTES + 1;

    private final Counts counts = new Counts(RETRIES + 1);
    private final Map<Target, CountsBy<Outcome>> workers = new ConcurrentHashMap<>(4);

    void settled(Exchange exchange, long micros) {
        counts.add(Buckets.of(micros), 1);
        counts.add(DURATION, micros);
        counts.add(STATUS + StatusClass.of(exchange.status()).index(), 1);
        if (exchange.requestBytes() > 0) {
            counts.add(REQUEST_BYTES, exchange.requestBytes());
        }
        if (exchange.responseBytes() > 0) {
            counts.add(RESPONSE_BYTES, exchange.responseBytes());
        }
        if (exchange.attempts() > 1) {
            counts.add(RETRIES, exchange.attempts() - 1);
        }
    }

    void attempted(Target target, Outcome outcome) {
        CountsBy<Outcome> worker = workers.get(target);
        if (worker == null) {
            worker = new CountsBy<>(Outcome.class);
            workers.put(target, worker);
        }
        worker.add(outcome);
    }

    /** Exchanges whose duration lies in that bucket of {@link Buckets}. */
    long inBucket(int bucket) {
        return counts.get(bucket);
    }

    /** In µs, over all exchanges. */
    long duration() {
        return counts.get(DURATION);
    }

    long ofStatus(StatusClass status) {
        return counts.get(STATUS + status.index());
    }

    long requestBytes() {
        return counts.get(REQUEST_BYTES);
    }

    long responseBytes() {
        return counts.get(RESPONSE_BYTES);
    }

    long retries() {
        return counts.get(RETRIES);
    }

    Map<Target, CountsBy<Outcome>> workers() {
        return workers;
    }
}
