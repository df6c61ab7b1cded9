package io.weir.platform.worker;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the app does: a request in, an answer out.
 *
 * <ul>
 *   <li>{@code /health}: 200, or 503 when told so or while draining.
 *   <li>{@code POST /behave?delay=200ms&errors=20%&health=off}: behaves like this from now on; {@code GET} says how it does. Delay and errors
 *       are those of echoes.
 *   <li>Every other path: an echo of the request. {@code ?delay=200ms} and {@code ?status=404} are for this one alone.
 * </ul>
 *
 * <p>One for each worker, used on its one event loop.
 */
final class Pages {
    private static final int WHOLE = 100;
    private static final int LOWEST_STATUS = 200;
    private static final int HIGHEST_STATUS = 599;

    private final Identity identity;
    private Behaviour behaviour = Behaviour.WELL;
    private boolean draining;
    /** In hundredths of an answer. Errors are dealt out evenly and not by chance: at 20% it is each fifth. */
    private int errorsOwed;

    Pages(Identity identity) {
        this.identity = identity;
    }

    Identity identity() {
        return identity;
    }

    void drain() {
        draining = true;
    }

    /**
     * The answer.
     *
     * @param address where the request came in
     */
    Answer answer(HttpRequest request, ReceivedBody body, String address) {
        if (request.method().equals(HttpMethod.CONNECT)) {
            return problem(HttpResponseStatus.METHOD_NOT_ALLOWED, "this is no proxy").allowing("GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
        }
        return switch (Query.pathOf(request.uri())) {
            case "/health" -> health(request.method());
            case "/behave" -> behave(request);
            default -> echo(request, body, address);
        };
    }

    private Answer health(HttpMethod method) {
        if (!reads(method)) {
            return problem(HttpResponseStatus.METHOD_NOT_ALLOWED, "/health takes GET and HEAD").allowing("GET, HEAD");
        }
        Map<String, Object> content = identity.members();
        content.put("health", draining ? "draining" : behaviour.healthy() ? "on" : "off");
        return Answer.of(behaviour.healthy() && !draining ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, content);
    }

    private Answer behave(HttpRequest request) {
        if (request.method().equals(HttpMethod.POST)) {
            try {
                behaviour = behaviour.changedBy(Query.of(request.uri()));
            } catch (IllegalArgumentException e) {
                return problem(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
            }
            errorsOwed = 0;
        } else if (!reads(request.method())) {
            return problem(HttpResponseStatus.METHOD_NOT_ALLOWED, "/behave takes POST, GET and HEAD").allowing("GET, HEAD, POST");
        }
        Map<String, Object> content = identity.members();
        content.putAll(behaviour.members());
        return Answer.of(HttpResponseStatus.OK, content);
    }

    private Answer echo(HttpRequest request, ReceivedBody body, String address) {
        Query query = Query.of(request.uri());
        HttpResponseStatus status;
        Duration delay;
        try {
            String delayText = query.value(Behaviour.DELAY);
            delay = delayText == null ? behaviour.delay() : Behaviour.delayOf(delayText);
            String statusText = query.value("status");
            status = statusText == null ? HttpResponseStatus.OK : statusOf(statusText);
        } catch (IllegalArgumentException e) {
            return problem(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        errorsOwed += behaviour.errors();
        if (errorsOwed >= WHOLE) {
            errorsOwed -= WHOLE;
            return problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, "told to fail by /behave, " + behaviour.errors() + "% of the time").after(delay);
        }
        Map<String, Object> content = identity.members();
        content.put("address", address);
        content.put("method", request.method().name());
        content.put("target", request.uri());
        content.put("version", request.protocolVersion().text());
        content.put("fields", fields(request.headers()));
        content.put("body", body.members());
        return Answer.of(status, content).after(delay);
    }

    /** In the order in which they came, with lower-case names. What came in several lines is a list. */
    private static Map<String, Object> fields(HttpHeaders headers) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Map.Entry<String, String> line : headers) {
            String name = line.getKey().toLowerCase(Locale.ROOT);
            if (!fields.containsKey(name)) {
                List<String> values = new ArrayList<>(headers.getAll(name));
                fields.put(name, values.size() == 1 ? values.getFirst() : values);
            }
        }
        return fields;
    }

    private static HttpResponseStatus statusOf(String text) {
        int code = text.matches("\\d{3}") ? Integer.parseInt(text) : 0;
        if (code < LOWEST_STATUS || code > HIGHEST_STATUS) {
            throw new IllegalArgumentException("status is a number from 200 to 599; it can't be \"" + text + '"');
        }
        return HttpResponseStatus.valueOf(code);
    }

    private static boolean reads(HttpMethod method) {
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    /** An answer that says what is wrong, and who says so. */
    Answer problem(HttpResponseStatus status, String message) {
        Map<String, Object> content = identity.members();
        content.put("status", status.code());
        content.put("message", message);
        return Answer.of(status, content);
    }
}
