package io.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/** Writes {@link HpackBlock}s to one connection, for Netty's frame writer. */
public final class HpackBlocks implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {
    /** The dynamic table is empty from now on, however large the peer would let it be or makes it later (RFC 7541, 6.3). */
    private static final int TABLE_SIZE_ZERO = 0x20;

    private boolean begun;
    private long maxHeaderListSize = Long.MAX_VALUE;

    @Override
    public void encodeHeaders(int streamId, Http2Headers headers, ByteBuf buffer) {
        if (!begun) {
            begun = true;
            buffer.writeByte(TABLE_SIZE_ZERO);
        }
        ((HpackBlock) headers).writeTo(buffer);
    }

    @Override
    public Configuration configuration() {
        return this;
    }

    @Override
    public void maxHeaderTableSize(long max) {
        // the peer's word for what we don't use
    }

    @Override
    public long maxHeaderTableSize() {
        return 0;
    }

    @Override
    public void maxHeaderListSize(long max) {
        maxHeaderListSize = max; // advice that no proxy can follow: the head is the worker's
    }

    @Override
    public long maxHeaderListSize() {
        return maxHeaderListSize;
    }
}
