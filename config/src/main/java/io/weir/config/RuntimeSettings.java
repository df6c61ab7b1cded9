package io.weir.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the process runs.
 *
 * @param eventLoops threads that carry traffic; 0: as many as there are processors
 * @param drain how long open exchanges may go on after a request to stop; 0 ends them at once
 * @param state the folder of what survives a restart, from the root on; null: one that the process finds when it starts
 */
public record RuntimeSettings(int eventLoops, Transport transport, Duration drain, @Nullable Path state) {

    /** Stands for as many event loops as there are processors. */
    public static final int AUTO_EVENT_LOOPS = 0;

    static final Bounds<Integer> EVENT_LOOPS = Bounds.count(1, 1024);
    static final Bounds<Duration> DRAIN = Bounds.time(Duration.ZERO, Duration.ofHours(24));

    public static final RuntimeSettings DEFAULTS =
            new RuntimeSettings(AUTO_EVENT_LOOPS, Transport.AUTO, Duration.ofSeconds(30), null);

    public RuntimeSettings {
        if (eventLoops != AUTO_EVENT_LOOPS) {
            EVENT_LOOPS.check("event-loops", eventLoops);
        }
        DRAIN.check("drain", drain);
    }
}
