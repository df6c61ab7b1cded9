package io.weir.http;

import org.jspecify.annotations.Nullable;

/** Where {@link Http2Fields} leaves the trailers that it reads. */
public final class Http2Trailers {
    byte @Nullable [] lines;

    /** Clean field lines with their CR LF, or null if there are none. */
    public byte @Nullable [] lines() {
        return lines;
    }
}
