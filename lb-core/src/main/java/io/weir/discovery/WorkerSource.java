package io.weir.discovery;

import java.time.Duration;
import java.util.Collection;
import reactor.core.publisher.Flux;

/**
 * One that knows which workers there are: the DNS, and others later. It only says what it hears; what of that is believed is decided by
 * {@link Belief}, alike for all.
 */
public interface WorkerSource extends AutoCloseable {

    /**
     * A service that somebody wants to know of.
     *
     * @param floor an answer holds for that long at least
     * @param ceiling and for that long at most
     */
    record Wanted(Service service, Duration floor, Duration ceiling) {}

    /** Watches these from now on, each service once, and no others; of new ones there is a snapshot soon, found or failed. Does not wait. */
    void watch(Collection<Wanted> services);

    /**
     * All that it hears, one after the other, on a thread of its own that must not be held up; also when nothing has changed. For one
     * subscriber. It ends when the source is closed, and never with an error: what fails is a snapshot.
     */
    Flux<Snapshot> snapshots();

    @Override
    void close();
}
