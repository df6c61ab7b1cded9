package io.weir.admin;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * What has happened lately, and what happens. Any thread may publish: it takes a lock that is never held for long, and waits for no
 * reader.
 */
public final class EventFeed {
    /** Events that are remembered. */
    static final int REMEMBERED = 1024;

    /** Events that a reader may be behind, those included that it is given first. One that falls further back is cut off. */
    static final int BEHIND = 2 * REMEMBERED;

    private final InstantSource clock;
    private final ArrayDeque<NotedEvent> remembered = new ArrayDeque<>();
    private long last;
    /** Made for the first reader: until then nobody needs Reactor, least of all a start. */
    private Sinks.@Nullable Many<NotedEvent> live;

    public EventFeed(InstantSource clock) {
        this(clock, 0);
    }

    /** One whose ids are above {@code last}: ids of an earlier process must be lower, or its readers would miss the beginning of this one. */
    public EventFeed(InstantSource clock, long last) {
        this.clock = clock;
        this.last = last;
    }

    /** Tells every reader, in the order of the calls. */
    public void publish(Event event) {
        synchronized (remembered) {
            NotedEvent noted = new NotedEvent(++last, clock.instant().truncatedTo(ChronoUnit.MILLIS), event);
            if (remembered.size() == REMEMBERED) {
                remembered.removeFirst();
            }
            remembered.addLast(noted);
            if (live != null) {
                var _ = live.tryEmitNext(noted); // the one way to fail is that nobody reads
            }
        }
    }

    /** Those that are remembered and came after the one of that id, the oldest first. */
    public List<NotedEvent> after(long id) {
        synchronized (remembered) {
            // An id that is yet to come was given by a process before this one.
            return remembered.stream().filter(noted -> id > last || noted.id() > id).toList();
        }
    }

    /**
     * The same, and then all that come, none twice and none left out. Signals come on threads that publish.
     *
     * @param cut is called once the reader has fallen back by more than {@link #BEHIND}: it gets nothing more, and an error if it ever takes
     *     what it was given
     */
    public Flux<NotedEvent> from(long id, Runnable cut) {
        Publisher<NotedEvent> gapless = reader -> {
            synchronized (remembered) { // what is remembered is handed over before the next can be published
                Flux.concat(Flux.fromIterable(after(id)), live().asFlux()).subscribe(reader);
            }
        };
        return Flux.from(gapless).onBackpressureBuffer(BEHIND, _ -> cut.run());
    }

    private Sinks.Many<NotedEvent> live() {
        if (live == null) {
            live = Sinks.many().multicast().directBestEffort();
        }
        return live;
    }
}
