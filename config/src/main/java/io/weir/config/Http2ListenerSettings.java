package io.weir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a listener allows to connections of HTTP/2.
 *
 * @param maxStreams streams at once
 * @param maxAge after which a connection takes no more streams; null if it may take them for ever
 */
public record Http2ListenerSettings(int maxStreams, @Nullable Duration maxAge) {
    static final Bounds<Integer> MAX_STREAMS = Bounds.count(1, 1000);
    static final Bounds<Duration> MAX_AGE = Bounds.time(Duration.ofSeconds(1), Duration.ofHours(24));

    public static final Http2ListenerSettings DEFAULTS = new Http2ListenerSettings(100, null);

    public Http2ListenerSettings {
        MAX_STREAMS.check("max-streams", maxStreams);
        if (maxAge != null) {
            MAX_AGE.check("max-age", maxAge);
        }
    }
}
