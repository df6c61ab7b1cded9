package io.weir.http;

import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;

/** Decodes the header blocks of a connection, all of an event loop into the same fields. */
public final class Http2FieldsDecoder extends DefaultHttp2HeadersDecoder {
    /** What a field counts for beside its bytes (RFC 9113, 6.5.2). */
    private static final int FIELD_OVERHEAD = 32;

    private final Http2Fields fields;

    /** @param maxList of {@link #listSize} */
    public Http2FieldsDecoder(Http2Fields fields, long maxList) {
        super(false, maxList);
        this.fields = fields;
    }

    /** How large, as HTTP/2 counts it, a list of fields is whose lines are within {@code limits}. */
    public static int listSize(HeadLimits limits) {
        return limits.head() + FIELD_OVERHEAD * limits.fields();
    }

    @Override
    protected Http2Headers newHeaders() {
        return fields.begin();
    }
}
