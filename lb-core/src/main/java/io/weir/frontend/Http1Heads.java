package io.weir.frontend;

import io.weir.exchange.OwnAnswer;
import io.weir.http.BadMessage;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.MessageWriter.BodyFraming;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.WebSocketHandshake;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the HTTP/1.1 connections of one event loop make the heads that they send, one after the other: a worker's with what we add to it, and
 * those of our own answers. Each is whole, with its empty line, and has to be sent before the next is made.
 */
final class Http1Heads {
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");

    private final HeadWriter out;
    private final DateLine date;

    Http1Heads(HeadWriter out, DateLine date) {
        this.out = out;
        this.date = date;
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** How the end of a response's body is told. PLAIN without a length: by closing. */
    static BodyFraming framing(RequestHead request, ResponseHead head) {
        if (request.method() == RequestHead.Method.HEAD || head.neverHasBody()) {
            return BodyFraming.NONE;
        }
        return head.contentLength() >= 0 || request.isHttp10() ? BodyFraming.PLAIN : BodyFraming.CHUNKED;
    }

    /** A worker's final response; {@code hsts} is what the listener says of TLS, if it does, {@code closes} whether the connection ends with it. */
    HeadWriter response(RequestHead request, ResponseHead head, HeadLines lines, BodyFraming framing, @Nullable String hsts, boolean closes) {
        out.begin();
        head.writeTo(out);
        lines.writeTo(out);
        if (!head.hasDate()) {
            date.writeTo(out);
        }
        AnswerLines.addHsts(hsts, head, out);
        if (framing == BodyFraming.CHUNKED) {
            out.literal(CHUNKED);
        }
        connectionField(closes, request.isHttp10());
        out.endOfLine();
        return out;
    }

    /** A worker's 101. */
    HeadWriter upgrade(ResponseHead head, HeadLines lines) {
        out.begin();
        head.writeTo(out);
        out.literal(WebSocketHandshake.UPGRADE_LINES);
        lines.writeTo(out);
        out.endOfLine();
        return out;
    }

    HeadWriter interim(ResponseHead head) {
        out.begin();
        head.writeTo(out);
        out.endOfLine();
        return out;
    }

    /** That of an answer of our own. */
    HeadWriter own(RequestHead request, OwnAnswer answer, @Nullable String hsts, boolean closes) {
        out.begin();
        out.text("HTTP/1.1 " + answer.status() + " " + OwnAnswer.phrase(answer.status())).endOfLine();
        AnswerLines.write(answer, answer.content().readableBytes(), date, hsts, out);
        if (answer.status() == 426 && request.fault() == BadMessage.UNKNOWN_WEBSOCKET_VERSION) {
            out.literal(WebSocketHandshake.UPGRADE_LINES).text("Sec-WebSocket-Version: 13\r\n");
        }
        connectionField(closes, request.isHttp10() && !request.isEmpty());
        out.endOfLine();
        return out;
    }

    private void connectionField(boolean closes, boolean http10) {
        if (closes) {
            out.literal(CLOSE);
        } else if (http10) {
            out.literal(KEEP_ALIVE);
        }
    }
}
