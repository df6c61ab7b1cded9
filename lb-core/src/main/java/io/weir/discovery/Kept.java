package io.weir.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The last good answer about a service, as it is kept.
 *
 * @param at when it was last as the source said
 * @param valid for how long that was to hold
 */
record Kept(List<FoundWorker> workers, Instant at, Duration valid) {
    Kept {
        workers = List.copyOf(workers);
    }
}
