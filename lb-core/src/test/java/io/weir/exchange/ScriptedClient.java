package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client in memory: it writes down what an exchange says to it, and checks that it is said in an order that makes sense. */
public final class ScriptedClient implements ClientSide {
    /** What was said, an entry for each call: {@code head 200}, {@code body x}, {@code end}, {@code abort}, {@code settled}, … */
    final List<String> said = new ArrayList<>();

    /** The region that alone is served to it, or null. */
    @Nullable String onlyRegion;

    /** Where it connects from. */
    Peer peer = Peers.UNTRUSTED.of(InetSocketAddress.createUnresolved("somewhere", 4711), null);

    /** Whether it speaks no HTTP: there is no head for it. */
    boolean tunnel;

    private final Runnable whenSettled;
    private final StringBuilder body = new StringBuilder();
    private @Nullable String head;
    private @Nullable OwnAnswer answer;
    private int unflushed;
    private boolean over;
    private boolean settled;
    private boolean demanded = true;
    private boolean writable = true;

    ScriptedClient() {
        this(() -> {});
    }

    /** {@code whenSettled} runs when the exchange is over, as a connection goes on to its next request. */
    ScriptedClient(Runnable whenSettled) {
        this.whenSettled = whenSettled;
    }

    // ---- what tests ask

    /** The head of the response as the client got it, or null. */
    @Nullable String head() {
        return head;
    }

    /** The first line of the response, {@code answer 503 no_workers} for one of ours, or {@code nothing}. */
    String outcome() {
        OwnAnswer ours = answer;
        if (ours != null) {
            return "answer " + ours.status();
        }
        String got = head;
        return got == null ? "nothing" : got.substring(0, got.indexOf('\r'));
    }

    /** The response's body as far as it came. */
    String body() {
        return body.toString();
    }

    OwnAnswer answer() {
        if (answer == null) {
            throw new AssertionError("no answer, but " + said);
        }
        return answer;
    }

    /** Whether the exchange wants to read on from it. */
    boolean isDemanded() {
        return demanded;
    }

    boolean isSettled() {
        return settled;
    }

    /** Whether something was said that no flush followed. */
    boolean isUnflushed() {
        return unflushed > 0;
    }

    /** From now on, whether it keeps up; the exchange is not told. */
    public void writable(boolean now) {
        writable = now;
    }

    // ---- what the exchange says

    private void say(String what) {
        if (over || settled) {
            throw new AssertionError("said after the end: " + what + " after " + said);
        }
        said.add(what);
    }

    @Override
    public void head(RequestHead request, ResponseHead response, HeadLines lines) {
        if (head != null || answer != null) {
            throw new AssertionError("a second response after " + said);
        }
        HeadWriter out = new HeadWriter();
        response.writeTo(out);
        lines.writeTo(out);
        head = out.toString();
        say("head " + response.status());
        unflushed++;
    }

    @Override
    public void interim(ResponseHead response) {
        if (head != null || answer != null) {
            throw new AssertionError("an interim response after " + said);
        }
        say("interim " + response.status());
    }

    @Override
    public void body(ByteBuf data) {
        String text = data.toString(StandardCharsets.ISO_8859_1);
        data.release();
        if (head == null && !tunnel) {
            throw new AssertionError("a body without a head");
        }
        body.append(text);
        say("body " + (text.length() > 20 ? text.length() : text));
        unflushed++;
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        if (head == null && !tunnel) {
            throw new AssertionError("an end without a head");
        }
        say(trailers == null ? "end" : "end " + new String(trailers, StandardCharsets.ISO_8859_1).strip());
        over = true;
        unflushed = 0;
    }

    @Override
    public void flush() {
        unflushed = 0;
    }

    @Override
    public void answer(RequestHead request, OwnAnswer ours) {
        if (head != null || answer != null) {
            throw new AssertionError("a second response after " + said);
        }
        answer = ours;
        say("answer " + ours.status());
        over = true;
    }

    @Override
    public void abort() {
        say("abort");
        over = true;
    }

    @Override
    public void settled() {
        if (settled) {
            throw new AssertionError("settled twice");
        }
        settled = true;
        said.add("settled");
        whenSettled.run();
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void demand(boolean more) {
        demanded = more;
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public @Nullable String onlyRegion() {
        return onlyRegion;
    }
}
