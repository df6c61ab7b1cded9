package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.RequestHead;
import io.weir.routing.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An answer of our own, for when no worker's can be had or none is asked.
 *
 * @param status HTTP status
 * @param contentType of the body, which is text, HTML or JSON, as the client prefers; empty if there is no body
 * @param body its text
 * @param retryAfter seconds for {@code Retry-After}, or 0
 * @param location where the client is sent, or null
 * @param reason the code for {@code Weir-Reason}, which a load balancer gets that has handed the request over, if no worker has seen it or
 *     the attempt at one failed; else null
 * @param grpc what a client of gRPC is told instead of a body, or null
 * @param ready what stands in place of a body that is put together for each: pieces of it that nobody changes; else empty
 */
public record OwnAnswer(
        int status,
        String contentType,
        String body,
        int retryAfter,
        @Nullable String location,
        @Nullable String reason,
        @Nullable GrpcStatus grpc,
        List<byte[]> ready) {
    /**
     * How a call of gRPC failed.
     *
     * @param code its number there
     * @param message for people, as {@code grpc-message} has it
     */
    public record GrpcStatus(int code, String message) {}

    private static final int RETRY_AFTER = 1;
    private static final String ACCEPT = "\naccept:";

    public OwnAnswer {
        ready = List.copyOf(ready);
    }

    /** One for a client. */
    public OwnAnswer(int status, String contentType, String body, int retryAfter, @Nullable String location) {
        this(status, contentType, body, retryAfter, location, null, null, List.of());
    }

    /** A good one whose body lies ready, be it large. */
    static OwnAnswer ready(String contentType, List<byte[]> body) {
        return new OwnAnswer(200, contentType, "", 0, null, null, null, body);
    }

    /** The bytes of its body. Whoever takes them releases them. */
    public ByteBuf content() {
        return Unpooled.wrappedBuffer(ready.isEmpty() ? new byte[][] {body.getBytes(StandardCharsets.UTF_8)} : ready.toArray(byte[][]::new));
    }

    /** The same for a load balancer. */
    OwnAnswer because(Reason why) {
        return new OwnAnswer(status, contentType, body, retryAfter, location, why.code(), grpc, ready);
    }

    /** The answer to {@code request} for {@code reason}; {@code detail} says more, if there is more to say. */
    public static OwnAnswer of(int status, Reason reason, @Nullable String detail, String requestId, RequestHead request) {
        String message = detail == null ? reason.sentence() : reason.sentence() + ": " + detail;
        if (GrpcCall.is(request)) {
            String told = GrpcCall.message("%s (%s, request %s)".formatted(message, reason.code(), requestId));
            return new OwnAnswer(200, "application/grpc", "", 0, null, null, new GrpcStatus(GrpcCall.status(reason, status), told), List.of());
        }
        String title = status + " " + phrase(status);
        int retryAfter = status == 503 ? RETRY_AFTER : 0;
        return switch (preference(request)) {
            case "json" ->
                    text(
                            status,
                            "application/json",
                            "{\"status\":%d,\"reason\":\"%s\",\"message\":\"%s\",\"request_id\":\"%s\"}\n"
                                    .formatted(status, reason.code(), message.replace("\\", "\\\\").replace("\"", "\\\""), requestId),
                            retryAfter);
            case "html" ->
                    text(
                            status,
                            "text/html; charset=utf-8",
                            "<!doctype html><title>%s</title><h1>%s</h1><p>%s.</p><p>Reason <code>%s</code>, request <code>%s</code></p>\n"
                                    .formatted(title, title, escaped(message), reason.code(), requestId),
                            retryAfter);
            default ->
                    text(
                            status,
                            "text/plain; charset=utf-8",
                            "%s\n%s.\nreason: %s\nrequest: %s\n".formatted(title, message, reason.code(), requestId),
                            retryAfter);
        };
    }

    /** One that sends the client elsewhere, with the same method and body. */
    static OwnAnswer redirect(String location) {
        return new OwnAnswer(308, "", "", 0, location);
    }

    /** What a mapping answers: errors in words, anything else without a body. */
    static OwnAnswer of(Answer given, String requestId, RequestHead request) {
        return given.location() == null && given.status() >= 400
                ? of(given.status(), Reason.RESPONDED, null, requestId, request)
                : new OwnAnswer(given.status(), "", "", 0, given.location());
    }

    private static OwnAnswer text(int status, String contentType, String body, int retryAfter) {
        return new OwnAnswer(status, contentType, body, retryAfter, null);
    }

    private static String escaped(String s) {
        return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Of json, html and text the one that Accept weighs most (RFC 9110, 12.5.1), the first of equals; text if it names none of them. */
    private static String preference(RequestHead request) {
        String accept = request.value("accept");
        if (accept == null) {
            accept = request.fault() == null ? "" : unread(request);
        }
        String best = "text";
        double weight = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = range.split(";", -1);
            String kind = kind(parts[0].strip());
            if (kind != null && weight(parts) > weight) {
                best = kind;
                weight = weight(parts);
            }
        }
        return best;
    }

    private static @Nullable String kind(String type) {
        if (type.equals("application/json") || type.endsWith("+json")) {
            return "json";
        }
        if (type.equals("text/html") || type.equals("application/xhtml+xml")) {
            return "html";
        }
        return type.equals("text/plain") ? "text" : null;
    }

    /** The weight among a range's parameters; 1 without one, 0 if it can't be read. */
    private static double weight(String... parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                return quality(parameter.substring(2));
            }
        }
        return 1;
    }

    /** RFC 9110, 12.4.2: 0 or 1, and up to three decimals. */
    private static double quality(String q) {
        if (q.isEmpty() || q.length() > 5 || q.charAt(0) > '1' || (q.length() > 1 && q.charAt(1) != '.')) {
            return 0;
        }
        double value = 0;
        double place = 1;
        for (int i = 0; i < q.length(); i++) {
            if (i != 1) {
                int digit = Character.digit(q.charAt(i), 10);
                if (digit < 0) {
                    return 0;
                }
                value += digit * place;
                place /= 10;
            }
        }
        return value;
    }

    /** What Accept seems to say behind the line that was bad, in what has come of the head. */
    private static String unread(RequestHead request) {
        String head = request.text(0, request.length()).toLowerCase(Locale.ROOT);
        int found = head.indexOf(ACCEPT);
        if (found < 0) {
            return "";
        }
        int from = found + ACCEPT.length();
        int end = head.indexOf('\r', from);
        return head.substring(from, end < 0 ? head.length() : end);
    }

    /** The reason phrase of the statuses that we answer with. */
    public static String phrase(int status) {
        return switch (status) {
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 304 -> "Not Modified";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 410 -> "Gone";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 421 -> "Misdirected Request";
            case 426 -> "Upgrade Required";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 451 -> "Unavailable For Legal Reasons";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            case 508 -> "Loop Detected";
            case 204 -> "No Content";
            default -> status < 300 ? "OK" : status < 400 ? "Redirection" : "Error";
        };
    }
}
