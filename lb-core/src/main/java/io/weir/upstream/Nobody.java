package io.weir.upstream;

import io.netty.buffer.ByteBuf;
import io.weir.http.BadMessage;
import io.weir.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Whom a connection is lent to while it reads the body of a response that its attempt has left. */
enum Nobody implements AttemptEvents {
    NOBODY;

    @Override
    public void connected(WorkerSide side) {
        throw new IllegalStateException("nobody asks for a connection");
    }

    @Override
    public ResponseHead responseHead() {
        throw new IllegalStateException("nobody reads a head");
    }

    @Override
    public void responseStarted() {
        throw new IllegalStateException("nobody reads a head");
    }

    @Override
    public void responseBody(ByteBuf data) {
        data.release();
    }

    @Override
    public void responseEnded(byte @Nullable [] trailers) {}

    @Override
    public void responsePaused() {}

    @Override
    public void workerWritable(boolean writable) {}

    @Override
    public void workerSilent() {}

    @Override
    public void failed(AttemptFailure failure, @Nullable BadMessage fault) {}
}
