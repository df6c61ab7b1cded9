package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.HpackBlock;
import io.weir.http.Http2Fields;
import org.jspecify.annotations.Nullable;

/** Where the HTTP/2 connections of one event loop make heads, one after the other: the fields that came, their lines, and what is sent. */
final class Http2Heads {
    private static final int KEPT = 64 * 1024;

    private final Http2Fields received = new Http2Fields();
    private ByteBuf lines = Unpooled.buffer(2048);
    private final HpackBlock block = new HpackBlock();
    /** The stream whose head the block holds and has not sent. */
    private @Nullable Http2ClientStream unsent;

    Http2Fields received() {
        return received;
    }

    /** An empty buffer for the lines of one request. */
    ByteBuf lines() {
        if (lines.capacity() > KEPT) {
            lines = Unpooled.buffer(2048);
        }
        return lines.clear();
    }

    /** The block for the head of a stream; whoever had it and has not sent it sends it now. */
    HpackBlock block(Http2ClientStream of) {
        Http2ClientStream before = unsent;
        if (before != null && before != of) {
            before.sendHead();
        }
        unsent = of;
        return block;
    }

    /** The stream's head is sent, or never will be. */
    HpackBlock sent() {
        unsent = null;
        return block;
    }
}
