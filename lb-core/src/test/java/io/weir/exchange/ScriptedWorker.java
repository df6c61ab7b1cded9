package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.weir.balancing.Target;
import io.weir.http.BadMessage;
import io.weir.http.FieldRules;
import io.weir.http.HeadLimits;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.ResponseParser;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.WorkerSide;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One attempt at a worker in memory: it writes down the request, and answers when its script says so. */
public final class ScriptedWorker implements WorkerSide {
    private static final HeadLimits LIMITS = new HeadLimits(65536, 65536, 100);

    private final Target target;
    private final AttemptEvents events;
    private final ByteBufAllocator alloc;
    private final Executor turns;
    private final ScriptedConnector.Fault fault;
    private final ResponseParser parser = new ResponseParser(LIMITS);
    private final StringBuilder body = new StringBuilder();
    private @Nullable String head;
    private @Nullable String trailers;
    private boolean ended;
    private boolean answered;
    private boolean aborted;
    private boolean left;
    private boolean upgraded;
    private boolean inputOver;
    private boolean over;
    private boolean demanded = true;
    private boolean writable = true;
    private boolean unflushed;

    ScriptedWorker(Target target, AttemptEvents events, ByteBufAllocator alloc, Executor turns, ScriptedConnector.Fault fault) {
        this.target = target;
        this.events = events;
        this.alloc = alloc;
        this.turns = turns;
        this.fault = fault;
    }

    // ---- what tests ask

    public Target target() {
        return target;
    }

    /** The request's head as it arrived; empty if none did. */
    public String head() {
        return head == null ? "" : head;
    }

    public String body() {
        return body.toString();
    }

    /** Whether the request is whole. */
    public boolean hasWholeRequest() {
        return ended;
    }

    public @Nullable String trailers() {
        return trailers;
    }

    /** Whether the head of its final response was sent. */
    public boolean hasAnswered() {
        return answered;
    }

    public boolean isAborted() {
        return aborted;
    }

    /** Whether the rest of its response is of no use. */
    public boolean isLeft() {
        return left;
    }

    /** Whether the exchange wants to read on from it. */
    public boolean isDemanded() {
        return demanded;
    }

    /** Whether the attempt has come to an end, whichever. */
    public boolean isOver() {
        return over;
    }

    /** Whether something was written that no flush followed. */
    public boolean isUnflushed() {
        return unflushed;
    }

    // ---- what tests make it do

    /** Answers with this head (lines without their ends), interim ones included. */
    public ScriptedWorker head(String... lines) {
        ResponseHead into = events.responseHead();
        ByteBuf in = ByteBufUtil.writeAscii(alloc, String.join("\r\n", lines) + "\r\n\r\n");
        try {
            if (parser.read(in, into) != Progress.END) {
                throw new AssertionError("no head: " + String.join("; ", lines));
            }
        } finally {
            in.release();
        }
        FieldRules.applyToResponse(into);
        boolean interim = into.isInterim();
        answered = !interim;
        upgraded = into.switchesProtocol();
        ended &= !upgraded; // what the exchange says from now on is of another stream
        turns.execute(events::responseStarted);
        if (interim) {
            into.reset();
        }
        return this;
    }

    public ScriptedWorker body(String text) {
        ByteBuf data = ByteBufUtil.writeAscii(alloc, text);
        turns.execute(() -> events.responseBody(data));
        return this;
    }

    /** All that was there has been told. */
    public ScriptedWorker pause() {
        turns.execute(events::responsePaused);
        return this;
    }

    /** The response is whole, or it ends what it sends on an upgraded connection. */
    public void end() {
        inputOver = true;
        over = !upgraded || ended;
        turns.execute(() -> events.responseEnded(null));
    }

    public void end(String trailerLines) {
        over = true;
        turns.execute(() -> events.responseEnded(trailerLines.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** A whole response. */
    public void answer(String text) {
        head("HTTP/1.1 200 OK", "Content-Length: " + text.length());
        if (!text.isEmpty()) {
            body(text);
        }
        end();
    }

    public void fail(AttemptFailure failure) {
        fail(failure, null);
    }

    public void fail(AttemptFailure failure, @Nullable BadMessage what) {
        over = true;
        turns.execute(() -> events.failed(failure, what));
    }

    /** It has been found not to answer. */
    public void foundSilent() {
        turns.execute(events::workerSilent);
    }

    /** Keeps up with the request again, or no longer, and says so. */
    public void writable(boolean now) {
        writable = now;
        turns.execute(() -> events.workerWritable(now));
    }

    /** From now on whether it keeps up, without a word. */
    public void quietlyWritable(boolean now) {
        writable = now;
    }

    // ---- what the exchange says

    private void check(String what) {
        if (over || aborted || left) {
            throw new AssertionError(what + " to a worker whose attempt is over");
        }
        if (ended && !what.equals("abort") && !what.equals("leave") && !what.equals("demand")) {
            throw new AssertionError(what + " after the end of the request");
        }
    }

    @Override
    public void head(RequestHead request, HeadLines lines) {
        check("head");
        if (head != null) {
            throw new AssertionError("a second head");
        }
        HeadWriter out = new HeadWriter();
        request.writeTo(out);
        lines.writeTo(out);
        head = out.toString();
        unflushed = true;
    }

    @Override
    public void tunnel() {
        check("tunnel");
        if (head != null) {
            throw new AssertionError("a tunnel behind a head");
        }
        head = "";
        answered = true;
        upgraded = true;
    }

    @Override
    public void body(ByteBuf data) {
        String text = data.toString(StandardCharsets.ISO_8859_1);
        data.release();
        check("body");
        body.append(text);
        unflushed = true;
        failAt(ScriptedConnector.Fault.BODY);
    }

    @Override
    public void end(byte @Nullable [] lines) {
        check("end");
        ended = true;
        over |= upgraded && inputOver;
        trailers = lines == null ? null : new String(lines, StandardCharsets.ISO_8859_1);
        unflushed = false;
        failAt(ScriptedConnector.Fault.END);
    }

    @Override
    public void flush() {
        check("flush");
        unflushed = false;
        failAt(ScriptedConnector.Fault.FLUSH);
    }

    private void failAt(ScriptedConnector.Fault where) {
        if (fault == where) {
            fail(AttemptFailure.RESET);
        }
    }

    @Override
    public boolean isWritable() {
        return writable && !over;
    }

    @Override
    public void demand(boolean more) {
        check("demand");
        demanded = more;
    }

    @Override
    public void abort() {
        check("abort");
        aborted = true;
        over = true;
    }

    @Override
    public void leave() {
        check("leave");
        left = true;
        over = true;
    }

    @Override
    public boolean isReused() {
        return false;
    }
}
