package io.weir.upstream;

import io.netty.buffer.ByteBuf;
import io.weir.config.ProxyVersion;
import io.weir.health.check.FirstBytes;
import io.weir.http.BadMessage;
import io.weir.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt at a worker comes to, told to whoever made it, on its event loop. After {@link #responseEnded} or {@link #failed} nothing
 * more comes; but an upgraded connection that the worker has ended may still fail.
 */
public interface AttemptEvents {
    /** There is a connection. Not called when {@link Connector#connect} returned one at once. */
    void connected(WorkerSide side);

    /** What a connection that is made for it begins with, where the worker wants the PROXY protocol: a header that says whom it is for. */
    default byte[] proxyHeader(ProxyVersion version) {
        return FirstBytes.forNobody(version);
    }

    /** The head that a response is read into. */
    ResponseHead responseHead();

    /**
     * The response's head is whole; it may be an interim one (1xx), and then another follows. If it
     * {@linkplain ResponseHead#switchesProtocol switches the protocol}, as was asked for, both directions are bytes from now on, each with an end of
     * its own: {@link #responseEnded} is the end of what the worker sends, and {@link WorkerSide#end} of what it gets.
     */
    void responseStarted();

    /** A piece of the response's body, to be released by who is told. */
    void responseBody(ByteBuf data);

    /** The response is whole; {@code trailers} are clean field lines. */
    void responseEnded(byte @Nullable [] trailers);

    /** All that was there to be read has been told: flush what came of it. */
    void responsePaused();

    /** Whether the worker keeps up with the request has changed. */
    void workerWritable(boolean writable);

    /**
     * The worker has been found not to answer, and the attempt has got nothing from it; or it has been found to refuse connections, and the
     * attempt has none. It may be given up, by {@link Connector#cancel} or {@link WorkerSide#abort}, or wait on.
     */
    void workerSilent();

    /** The attempt is over without a whole response. {@code fault} says what was wrong with a bad one. */
    void failed(AttemptFailure failure, @Nullable BadMessage fault);
}
