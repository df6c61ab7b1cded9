package io.weir.frontend;

import io.weir.exchange.OwnAnswer;
import io.weir.http.HeadWriter;
import io.weir.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The field lines of an answer of our own, whatever protocol carries it. */
final class AnswerLines {
    private static final byte[] HSTS = "Strict-Transport-Security: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HSTS_NAME = "strict-transport-security".getBytes(StandardCharsets.US_ASCII);

    private AnswerLines() {}

    /** Appends them; {@code length} is that of the body in bytes, {@code hsts} what they say of TLS, if they do. */
    static void write(OwnAnswer answer, int length, DateLine date, @Nullable String hsts, HeadWriter out) {
        date.writeTo(out);
        if (hsts != null) {
            writeHsts(hsts, out);
        }
        if (!answer.contentType().isEmpty()) {
            out.text("Content-Type: " + answer.contentType()).endOfLine();
        }
        out.text("Cache-Control: no-store\r\n");
        if (answer.location() != null) {
            out.text("Location: " + answer.location()).endOfLine();
        }
        if (answer.grpc() != null) {
            out.text("Grpc-Status: ").decimal(answer.grpc().code()).endOfLine();
            out.text("Grpc-Message: " + answer.grpc().message()).endOfLine();
        } else if (answer.status() != 204 && answer.status() != 304) { // RFC 9110, 8.6: a 204 must not, and a 304's would be another response's
            out.text("Content-Length: ").decimal(length).endOfLine();
        }
        if (answer.status() == 405) {
            out.text("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
        }
        if (answer.retryAfter() > 0) {
            out.text("Retry-After: ").decimal(answer.retryAfter()).endOfLine();
        }
        if (answer.reason() != null) {
            out.text("Weir-Reason: " + answer.reason()).endOfLine();
        }
    }

    /** The same of a worker's answer, unless it says so itself. */
    static void addHsts(@Nullable String hsts, ResponseHead head, HeadWriter out) {
        if (hsts != null && head.findReceived(HSTS_NAME) < 0) {
            writeHsts(hsts, out);
        }
    }

    private static void writeHsts(String value, HeadWriter out) {
        out.literal(HSTS).text(value).endOfLine();
    }
}
