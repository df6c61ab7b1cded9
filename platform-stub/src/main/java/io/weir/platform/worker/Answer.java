package io.weir.platform.worker;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the app answers.
 *
 * @param content the body, as JSON's members
 * @param allow the methods that this place knows, if the request's was none of them
 * @param delay how long to wait before it is said
 */
record Answer(HttpResponseStatus status, Map<String, Object> content, @Nullable String allow, Duration delay) {

    static Answer of(HttpResponseStatus status, Map<String, Object> content) {
        return new Answer(status, content, null, Duration.ZERO);
    }

    Answer allowing(String methods) {
        return new Answer(status, content, methods, delay);
    }

    Answer after(Duration wait) {
        return new Answer(status, content, allow, wait);
    }
}
