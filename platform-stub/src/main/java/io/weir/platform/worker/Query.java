package io.weir.platform.worker;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request target. A per cent sign that begins no escape stands for itself, so that {@code errors=20%} may be written as it
 * is read. Of a name that comes twice, the last value counts.
 */
record Query(Map<String, String> parameters) {

    /** Of a target, {@code /path?name=value&name=value}. */
    static Query of(String target) {
        int question = target.indexOf('?');
        Map<String, String> parameters = new LinkedHashMap<>();
        if (question >= 0) {
            for (String parameter : target.substring(question + 1).split("&", -1)) {
                int equals = parameter.indexOf('=');
                String name = equals < 0 ? parameter : parameter.substring(0, equals);
                if (!name.isEmpty()) {
                    parameters.put(decoded(name), equals < 0 ? "" : decoded(parameter.substring(equals + 1)));
                }
            }
        }
        return new Query(parameters);
    }

    static String pathOf(String target) {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    @Nullable String value(String name) {
        return parameters.get(name);
    }

    Set<String> names() {
        return parameters.keySet();
    }

    private static String decoded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int high = i + 2 < bytes.length && bytes[i] == '%' ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            if (low < 0) {
                plain[length++] = bytes[i];
            } else {
                plain[length++] = (byte) (high << 4 | low);
                i += 2;
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }
}
