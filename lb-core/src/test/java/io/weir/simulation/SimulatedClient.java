package io.weir.simulation;

import io.netty.buffer.ByteBuf;
import io.weir.config.AppSettings;
import io.weir.exchange.ClientSide;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Peer;
import io.weir.http.HeadLines;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Somebody who sends one request and takes what comes; counts what its exchange does on its behalf. */
final class SimulatedClient implements ClientSide {
    private final AppSettings app;
    private final long cameAt;
    private final boolean idempotent;
    private final Peer peer;
    private final Consumer<SimulatedClient> whenSettled;

    private int status;
    private int ends;
    private int settled;
    /** Attempts made, and those whose request went out. */
    private int attempts;

    private int written;
    /** Whether the last attempt's request has gone out. */
    private boolean lastWritten;
    /** When an attempt failed whose request had gone out, in ns; 0 if none has since the last repeat. */
    private long failedAt;

    SimulatedClient(AppSettings app, long now, boolean idempotent, Peer peer, Consumer<SimulatedClient> whenSettled) {
        this.app = app;
        this.cameAt = now;
        this.idempotent = idempotent;
        this.peer = peer;
        this.whenSettled = whenSettled;
    }

    AppSettings app() {
        return app;
    }

    /** When it sent its request, in ns. */
    long cameAt() {
        return cameAt;
    }

    boolean idempotent() {
        return idempotent;
    }

    /** What it got at last; 0 if nothing. */
    int status() {
        return status;
    }

    /** How often it was told that its exchange is over. */
    int settledTimes() {
        return settled;
    }

    int attempts() {
        return attempts;
    }

    int written() {
        return written;
    }

    /** Another connection is asked for; {@code fresh}: in place of a stale one, so that what went out on that one doesn't count. */
    void attempted(boolean fresh) {
        if (!fresh) {
            attempts++;
        } else if (lastWritten) {
            written--;
        }
        lastWritten = false;
    }

    /** An attempt failed whose request had gone out: another one takes from the budget. */
    void failedWritten(long now) {
        failedAt = now;
    }

    /** When the attempt failed that the one which begins repeats, in ns; 0 if it is free. Once. */
    long takeFailure() {
        long at = failedAt;
        failedAt = 0;
        return at;
    }

    void wasWritten() {
        written++;
        lastWritten = true;
    }

    /** Responses that came to an end, whole or visibly cut. */
    int ends() {
        return ends;
    }

    // ---- what the exchange says

    @Override
    public void head(RequestHead request, ResponseHead head, HeadLines lines) {
        status = head.status();
    }

    @Override
    public void interim(ResponseHead head) {}

    @Override
    public void answer(RequestHead request, OwnAnswer answer) {
        status = answer.status();
        ends++;
    }

    @Override
    public void settled() {
        settled++;
        whenSettled.accept(this);
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public @Nullable String onlyRegion() {
        return null;
    }

    @Override
    public void body(ByteBuf data) {
        data.release();
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        ends++;
    }

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void demand(boolean more) {}

    @Override
    public void abort() {
        status = 0;
        ends++;
    }

    @Override
    public String toString() {
        return app.name() + (idempotent ? " GET" : " POST") + ", " + attempts + " attempts, " + written + " written, status " + status;
    }
}
