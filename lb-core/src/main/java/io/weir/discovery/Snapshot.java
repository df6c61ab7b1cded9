package io.weir.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a source has to say of one service. */
public sealed interface Snapshot {

    Service service();

    Instant at();

    /** How much it means that a worker is not named. */
    enum Trust {
        /** It is gone: the source knows what it removes, as one with revisions does. */
        REVISIONED,
        /** It is probably gone: this is all that there is, from one that may be mistaken, as the DNS. */
        WHOLE,
        /** Nothing: a part of the answer could not be had. */
        PARTIAL
    }

    /**
     * These are its workers.
     *
     * @param workers no place twice. Empty only from one that knows what it removes
     * @param valid for how long that holds; then it is asked for again
     * @param note what of the answer is not among them, and why; null: nothing
     */
    record Found(Service service, Instant at, List<FoundWorker> workers, Duration valid, Trust trust, @Nullable String note) implements Snapshot {
        public Found {
            workers = List.copyOf(workers);
            if (workers.isEmpty() && trust != Trust.REVISIONED) {
                throw new IllegalArgumentException("nothing was found of " + service + ": that is no answer");
            }
        }
    }

    /**
     * There was no answer, none that makes sense, or an empty one from a source that can't say "removed".
     *
     * @param why for people
     */
    record Failed(Service service, Instant at, String why) implements Snapshot {}
}
