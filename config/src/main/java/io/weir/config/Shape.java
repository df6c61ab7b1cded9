package io.weir.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a reading accepts, as JSON Schema. The reading itself is run over a value that stands for any and notes what is asked of it:
 * which keys, lists and words. So the schema says what the readers do, and nothing else can be said.
 *
 * <p>A reading that asks what there is ({@link Value#isMapping}, {@link Value#isScalar}, {@link Fields#has}) is run once more and
 * gets the other answer; what it accepts in either run is accepted.
 */
final class Shape {

    /** A single value whose reading says no more of it. */
    private static final Map<String, Object> ANY_SINGLE = Map.of("type", List.of("string", "number", "boolean"));

    private final Set<Map<String, Object>> accepted = new LinkedHashSet<>();
    private boolean single;
    private boolean asked;
    private boolean second;

    private Shape() {}

    static Map<String, Object> of(Reading<?> reading) {
        var shape = new Shape();
        do {
            reading.read(Value.noting(shape));
        } while (shape.again());
        return shape.schema(Forms.EXPANDED);
    }

    /** A question with two answers. */
    boolean ask() {
        asked = true;
        return second;
    }

    /** Text was asked for. */
    void single() {
        single = true;
    }

    void acceptSingle(List<Map<String, Object>> forms) {
        single = true;
        accepted.addAll(forms);
    }

    void acceptList(Reading<?> item, int least) {
        var list = new LinkedHashMap<String, Object>();
        list.put("type", "array");
        if (least > 0) {
            list.put("minItems", least);
        }
        list.put("items", of(item));
        accepted.add(list);
    }

    void acceptNamed(Value.NamedReading<?> reading, int least) {
        var names = new Shape();
        var values = new Shape();
        boolean again;
        do {
            reading.read(Value.noting(names), Value.noting(values));
            again = names.again();
            again |= values.again();
        } while (again);
        var mapping = new LinkedHashMap<String, Object>();
        mapping.put("type", "object");
        if (least > 0) {
            mapping.put("minProperties", least);
        }
        mapping.put("propertyNames", names.schema(Map.of()));
        mapping.put("additionalProperties", values.schema(Forms.EXPANDED));
        accepted.add(mapping);
    }

    void acceptFields(Consumer<Keys> reading) {
        var keys = new Keys();
        do {
            reading.accept(keys);
        } while (keys.again());
        accepted.add(keys.schema());
    }

    private boolean again() {
        boolean again = asked && !second;
        second = again || second;
        return again;
    }

    /** @param reference stands for what is found elsewhere, beside each single value; empty: nothing does */
    private Map<String, Object> schema(Map<String, Object> reference) {
        var choices = new ArrayList<>(accepted);
        if (single && choices.isEmpty()) {
            return ANY_SINGLE; // of which a reference is one
        }
        if (single && !reference.isEmpty()) {
            choices.add(reference);
        }
        return oneOf(choices);
    }

    private static Map<String, Object> oneOf(List<Map<String, Object>> choices) {
        return switch (choices.size()) {
            case 0 -> Map.of();
            case 1 -> choices.getFirst();
            default -> Map.of("anyOf", choices);
        };
    }

    /** The keys of a mapping, as they are asked for. A key is required if it is in each run. */
    static final class Keys {

        private final Map<String, Set<Map<String, Object>>> known = new LinkedHashMap<>();
        private final Set<String> required = new LinkedHashSet<>();
        private final Set<String> requiredNow = new HashSet<>();
        private boolean asked;
        private boolean second;

        boolean ask() {
            asked = true;
            return second;
        }

        void add(String key, Reading<?> reading) {
            known.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(of(reading));
        }

        void require(String key) {
            requiredNow.add(key);
            if (!second) {
                required.add(key);
            }
        }

        private boolean again() {
            required.retainAll(requiredNow);
            requiredNow.clear();
            boolean again = asked && !second;
            second = again || second;
            return again;
        }

        private Map<String, Object> schema() {
            var properties = new LinkedHashMap<String, Object>();
            known.forEach((key, choices) -> properties.put(key, oneOf(List.copyOf(choices))));
            var mapping = new LinkedHashMap<String, Object>();
            mapping.put("type", "object");
            mapping.put("properties", properties);
            if (!required.isEmpty()) {
                mapping.put("required", List.copyOf(required));
            }
            mapping.put("additionalProperties", false);
            return mapping;
        }
    }
}
