package io.weir.frontend;

import io.weir.config.Http2ListenerSettings;
import java.time.Duration;

/**
 * What a connection of HTTP/2 may have.
 *
 * @param streams at once
 * @param age in ns, after which it takes no more of them, or {@link #FOR_EVER}
 */
public record Http2Rules(int streams, long age) {
    static final long FOR_EVER = Long.MAX_VALUE;

    static final Http2Rules DEFAULTS = of(Http2ListenerSettings.DEFAULTS);

    /** As settings say it. */
    public static Http2Rules of(Http2ListenerSettings settings) {
        Duration age = settings.maxAge();
        return new Http2Rules(settings.maxStreams(), age == null ? FOR_EVER : age.toNanos());
    }
}
