package io.weir.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a single value may be, as choices in JSON Schema, for those that {@link Scalars} reads. */
final class Forms {

    /** The name of the definition that {@link #EXPANDED} refers to. */
    static final String EXPANDED_NAME = "expanded";

    /** A value that stands elsewhere; what it is, is not known before it is read. */
    static final Map<String, Object> EXPANDED = Map.of("$ref", "#/$defs/" + EXPANDED_NAME);

    private static final String TYPE = "type";
    private static final String STRING = "string";

    private Forms() {}

    static Map<String, Object> expanded() {
        return string("\\$\\{", "${NAME}, ${NAME:-default} or ${file:path}");
    }

    static List<Map<String, Object>> number(Bounds<Integer> bounds) {
        return List.of(integer(bounds.least(), bounds.most()));
    }

    static List<Map<String, Object>> duration(Bounds<Duration> bounds) {
        return pattern("^[0-9]{1,9}(ms|s|m|h)$", "a duration " + bounds.range() + ": 500ms, 30s, 5m, 1h");
    }

    /** @param range the pattern of a text that says more than one number */
    static List<Map<String, Object>> numberOrRange(Bounds<Integer> bounds, String range, String description) {
        return List.of(integer(bounds.least(), bounds.most()), string('^' + range + '$', description));
    }

    static List<Map<String, Object>> share(Bounds<Double> bounds) {
        return pattern("^[0-9]{1,3}%$", "a share " + bounds.range() + ": 50%");
    }

    /** A number of bytes, or one with a unit. */
    static List<Map<String, Object>> size(Bounds<Long> bounds) {
        Map<String, Object> text = string("^[0-9]{1,9}([KMG]iB)?$", "a size " + bounds.range() + ": 8192, 64KiB, 8MiB, 1GiB");
        return List.of(integer(bounds.least(), bounds.most()), text);
    }

    /** Text that is more than a pattern can say. */
    static List<Map<String, Object>> text(String description) {
        var form = new LinkedHashMap<String, Object>();
        form.put(TYPE, STRING);
        form.put("description", description);
        return List.of(form);
    }

    static List<Map<String, Object>> numbers(List<Integer> numbers) {
        return List.of(Map.of("enum", numbers));
    }

    static List<Map<String, Object>> words(List<String> words) {
        return List.of(Map.of("enum", words));
    }

    static List<Map<String, Object>> label() {
        return pattern("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", "a lower-case DNS label");
    }

    static List<Map<String, Object>> hostName() {
        return pattern("^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*$", "a host name without port and final dot");
    }

    static List<Map<String, Object>> address(String description) {
        return pattern(":[0-9]{1,5}$", description);
    }

    static List<Map<String, Object>> pattern(String pattern, String description) {
        return List.of(string(pattern, description));
    }

    private static Map<String, Object> string(String pattern, String description) {
        var form = new LinkedHashMap<String, Object>();
        form.put(TYPE, STRING);
        form.put("pattern", pattern);
        form.put("description", description);
        return form;
    }

    private static Map<String, Object> integer(Number least, Number most) {
        var form = new LinkedHashMap<String, Object>();
        form.put(TYPE, "integer");
        form.put("minimum", least);
        form.put("maximum", most);
        return form;
    }
}
