package io.weir.app;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What the first requests wait for, rather than be sent to workers that nobody has asked yet how they are.
 *
 * @param there done once each pool has a worker that is available, or a verdict on all of its workers
 * @param most for how long they wait
 */
record FirstVerdicts(CompletableFuture<Void> there, Duration most) {
    private static final Duration MOST = Duration.ofSeconds(1);

    FirstVerdicts(CompletableFuture<Void> there) {
        this(there, MOST);
    }

    /** Returns when they are there, or will not be in time. */
    void await() {
        there.copy().completeOnTimeout(null, most.toMillis(), TimeUnit.MILLISECONDS).exceptionally(_ -> null).join();
    }
}
