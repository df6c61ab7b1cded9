package io.weir.explain;

import io.weir.topology.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A request that is asked about.
 *
 * @param fields its field lines beside {@code Host}, {@code Name: value}; one of that name stands for the URL's host
 * @param from the address that it comes from
 * @param seed its luck: the same question of the same state gets the same answer
 */
public record Question(String method, Url url, List<String> fields, IpAddress from, long seed) {
    public static final String DEFAULT_METHOD = "GET";
    public static final String DEFAULT_FROM = "127.0.0.1";

    private static final String HOST = "host:";

    public Question {
        fields = List.copyOf(fields);
    }

    /**
     * As people write it.
     *
     * @throws IllegalArgumentException with a message for them
     */
    public static Question of(String method, String url, List<String> fields, String from, long seed) {
        if (!method.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("\"" + method + "\" is no method; write GET, POST or another word");
        }
        for (String field : fields) {
            if (field.indexOf(':') < 1 || field.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
                throw new IllegalArgumentException("\"" + field + "\" is no header; write it as 'Name: value'");
            }
        }
        return new Question(method, Url.parse(url), fields, IpAddress.parse(from), seed);
    }

    /**
     * A seed as people write it.
     *
     * @throws IllegalArgumentException with a message for them
     */
    public static long seed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a seed is a whole number, as an explanation's first line has it; is " + text, e);
        }
    }

    /** The head that a client would send. */
    byte[] head() {
        StringBuilder head = new StringBuilder(method).append(' ').append(url.target()).append(" HTTP/1.1\r\n");
        if (fields.stream().noneMatch(field -> field.toLowerCase(Locale.ROOT).startsWith(HOST))) {
            head.append("Host: ").append(url.authority()).append("\r\n");
        }
        fields.forEach(field -> head.append(field).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }
}
