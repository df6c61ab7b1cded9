package io.weir.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.BadMessage;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.http.ResponseHead;
import io.weir.loop.EventLoops;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An attempt at a worker that keeps what came of it, to be waited for from a test's thread. */
final class Attempt implements AttemptEvents {
    private final EventLoops.Loop loop;
    private final RequestHead request = new RequestHead();
    private final ResponseHead response = new ResponseHead();
    private final CompletableFuture<WorkerSide> side = new CompletableFuture<>();
    private final CompletableFuture<Integer> started = new CompletableFuture<>();
    private final CompletableFuture<Integer> interim = new CompletableFuture<>();
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private final StringBuilder said = new StringBuilder();
    private boolean endAtOnce = true;
    private boolean leavesAnswer;
    private @Nullable Endpoint leaves;
    private volatile @Nullable BadMessage fault;
    private Runnable follows = () -> {};

    Attempt(EventLoops.Loop loop, String... lines) {
        this.loop = loop;
        ByteBuf in = Unpooled.copiedBuffer(String.join("\r\n", lines) + "\r\n\r\n", StandardCharsets.ISO_8859_1);
        if (new RequestParser(new HeadLimits(8192, 32768, 100)).read(in, request) != Progress.END) {
            throw new AssertionError("no request: " + String.join("; ", lines));
        }
        in.release();
    }

    static Attempt get(EventLoops.Loop loop) {
        return new Attempt(loop, "GET / HTTP/1.1", "Host: x");
    }

    /** Its request stays open once its head is written. */
    Attempt open() {
        endAtOnce = false;
        return this;
    }

    /** The body of a response is of no use to it. */
    Attempt leavingAnswers() {
        leavesAnswer = true;
        return this;
    }

    /** It doesn't wait for a worker that is found silent. */
    Attempt leavingSilentOnes(Endpoint endpoint) {
        leaves = endpoint;
        return this;
    }

    /** Does that as soon as it is over, within the same turn. */
    Attempt then(Runnable next) {
        follows = next;
        return this;
    }

    /** Asks for a connection to {@code endpoint} and sends the head of the request on it. */
    Attempt start(Endpoint endpoint, long timeout) {
        return start(endpoint, timeout, false);
    }

    Attempt start(Endpoint endpoint, long timeout, boolean fresh) {
        Runnable start = () -> {
            loop.clock().refresh();
            StreamPool streams = endpoint.streamsOn(loop.index());
            WorkerSide now = streams == null
                    ? endpoint.onLoop(loop.index()).acquire(this, timeout, Need.REQUEST, fresh)
                    : streams.acquire(this, timeout, fresh);
            if (now != null) {
                connected(now);
            }
        };
        if (loop.executor().inEventLoop()) {
            start.run();
        } else {
            loop.executor().execute(start);
        }
        return this;
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(LoopbackWorker.BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs on the loop, and waits until it did. */
    static void on(EventLoops.Loop loop, Runnable action) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.executor().execute(() -> {
            try {
                action.run();
                done.complete(true);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        await(done);
    }

    /** Waits for the connection. */
    WorkerSide side() {
        return await(side);
    }

    boolean isConnected() {
        return side.isDone();
    }

    boolean isOver() {
        return outcome.isDone();
    }

    /** Waits for the end: what came of the response and then {@code end}, or how the attempt failed. */
    String outcome() {
        return await(outcome);
    }

    /** What was wrong with the response, once it has failed, or null. */
    @Nullable BadMessage fault() {
        return fault;
    }

    /** Is done once the attempt has come to that end. */
    CompletableFuture<Boolean> outcomeOf(String expected) {
        CompletableFuture<Boolean> met = new CompletableFuture<>();
        var _ = outcome.thenAccept(how -> {
            if (how.equals(expected)) {
                met.complete(true);
            }
        });
        return met;
    }

    /** Waits for the status of the response. */
    int status() {
        return await(started);
    }

    /** The status of the first interim response. */
    CompletableFuture<Integer> interim() {
        return interim;
    }

    void write(String text) {
        on(loop, () -> {
            side().body(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            side().flush();
        });
    }

    void end() {
        on(loop, () -> side().end(null));
    }

    // ---- AttemptEvents

    @Override
    public void connected(WorkerSide made) {
        made.head(request, _ -> {});
        if (endAtOnce) {
            made.end(null);
        } else {
            made.flush();
        }
        side.complete(made);
    }

    @Override
    public ResponseHead responseHead() {
        return response;
    }

    @Override
    public void responseStarted() {
        said.append(response.status()).append(' ');
        (response.isInterim() ? interim : started).complete(response.status());
        if (leavesAnswer && !response.isInterim()) {
            side().leave();
            finish("|left");
        }
    }

    @Override
    public void responseBody(ByteBuf data) {
        said.append(data.toString(StandardCharsets.ISO_8859_1));
        data.release();
    }

    @Override
    public void responseEnded(byte @Nullable [] trailers) {
        finish(trailers == null ? "|end" : "|end " + new String(trailers, StandardCharsets.ISO_8859_1).strip());
    }

    @Override
    public void responsePaused() {}

    @Override
    public void workerWritable(boolean writable) {
        said.append(writable ? "[writable]" : "[full]");
    }

    @Override
    public void workerSilent() {
        said.append("[silent]");
        if (leaves == null) {
            return;
        }
        if (side.isDone()) {
            side().abort();
        } else {
            StreamPool streams = leaves.streamsOn(loop.index());
            var _ = streams == null ? leaves.onLoop(loop.index()).cancel(this) : streams.cancel(this);
        }
        finish("|left");
    }

    @Override
    public void failed(AttemptFailure failure, @Nullable BadMessage what) {
        fault = what;
        finish("|" + failure);
    }

    private void finish(String how) {
        if (!outcome.complete(said + how)) {
            throw new AssertionError("an attempt that ended twice: " + how);
        }
        follows.run();
    }
}
