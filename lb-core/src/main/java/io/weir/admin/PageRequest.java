package io.weir.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.weir.config.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a page is asked.
 *
 * @param query the parameters; of one that is given twice, the last
 * @param headers those of the name {@link #HEADER}, which may be given again and again, in their order
 * @param accept the field, or empty
 * @param lastEventId the field, or null
 */
record PageRequest(String path, Map<String, String> query, List<String> headers, String accept, @Nullable String lastEventId) {
    static final String FORMAT = "format";
    static final String HEADER = "header";

    /** What was asked can't be told. */
    static final PageRequest NONE = new PageRequest("", Map.of(), List.of(), "", null);

    /** Throws an {@link IllegalArgumentException} if an escape is malformed. */
    static PageRequest of(FullHttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        Map<String, String> query = new LinkedHashMap<>();
        uri.parameters().forEach((name, values) -> query.put(name, values.getLast()));
        return new PageRequest(
                uri.path(),
                query,
                uri.parameters().getOrDefault(HEADER, List.of()),
                String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT)),
                request.headers().get("Last-Event-ID"));
    }

    /** In which form it is to be answered. */
    Form form() throws RefusedException {
        return switch (query.get(FORMAT)) {
            case null -> Form.of(accept);
            case "text" -> Form.TEXT;
            case "json" -> Form.JSON;
            case String other -> throw new RefusedException(400, "there is no format " + other + "; write text or json");
        };
    }

    /** The same, or another if there is no such form. */
    Form formOr(Form otherwise) {
        try {
            return form();
        } catch (RefusedException _) {
            return otherwise;
        }
    }

    /** Refuses parameters beside these and {@link #FORMAT}. */
    void knowOnly(String... names) throws RefusedException {
        List<String> known = new ArrayList<>(List.of(names));
        known.add(FORMAT);
        for (String name : query.keySet()) {
            if (!known.contains(name)) {
                throw RefusedException.unknownParameter(name, known);
            }
        }
    }

    /** A parameter that there must be. */
    String needed(String name) throws RefusedException {
        String text = query.get(name);
        if (text == null || text.isEmpty()) {
            throw new RefusedException(400, "this page needs " + name + "=");
        }
        return text;
    }

    /** Whether a parameter is said to be so; it isn't if it isn't there. */
    boolean flag(String name) throws RefusedException {
        return switch (query.get(name)) {
            case null -> false;
            case "true" -> true;
            case "false" -> false;
            case String other -> throw new RefusedException(400, name + " must be true or false, is " + other);
        };
    }

    /** A parameter that there must be and that is a length of time. */
    Duration duration(String name, Duration least, Duration most) throws RefusedException {
        String text = needed(name);
        Duration duration;
        try {
            duration = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, name + " " + e.getMessage() + "; write it as 30s, 5m or 2h");
        }
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw new RefusedException(400, name + " must be from " + Durations.print(least) + " to " + Durations.print(most) + ", is " + text);
        }
        return duration;
    }

    /** A parameter that is a number. */
    int number(String name, int least, int most, int otherwise) throws RefusedException {
        String text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new RefusedException(400, name + " must be a number from " + least + " to " + most + ", is " + text);
    }
}
