package io.weir.config;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of one mapping. Asking for a key makes it known; {@link #reportMistaken} complains of those that nobody has asked for. */
final class Fields {

    private final Value table;
    private final Map<String, Value.Named> entries;
    private final Shape.@Nullable Keys noted;
    private final Set<String> served = new LinkedHashSet<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> notYet = new HashSet<>();
    private List<String> oneOf = List.of();
    private String oneOfHint = "";

    /** @param noted takes down the keys that are asked for, if the mapping stands for any */
    Fields(Value table, Map<String, Value.Named> entries, Shape.@Nullable Keys noted) {
        this.table = table;
        this.entries = entries;
        this.noted = noted;
    }

    boolean has(String key) {
        return noted == null ? entries.containsKey(key) : noted.ask();
    }

    /** Null if the key is missing or its value was refused; either is reported. */
    <T> @Nullable T required(String key, Reading<T> reading) {
        T read = optional(key, reading);
        if (noted != null) {
            noted.require(key);
        } else if (!has(key)) {
            missing.add(key);
        }
        return read;
    }

    /** Null if the key is missing, or its value was refused, which has been reported. */
    <T> @Nullable T optional(String key, Reading<T> reading) {
        if (noted != null) {
            noted.add(key, reading);
            return null;
        }
        served.add(key);
        Value.Named entry = entries.get(key);
        return entry == null ? null : reading.read(entry.value());
    }

    /** The default also stands in for a value that was refused: the config as a whole is refused then. */
    <T> T optional(String key, Reading<T> reading, T otherwise) {
        T read = optional(key, reading);
        return read == null ? otherwise : read;
    }

    /** Null if the value is {@code off}. The default also stands in for a value that was refused, as above. */
    <T> @Nullable T optionalOrOff(String key, Reading<T> reading, @Nullable T otherwise) {
        T read = optional(key, Scalars.orOff(reading, null));
        Value.Named entry = entries.get(key);
        boolean off = entry != null && entry.value().says(Scalars.OFF);
        return read != null || off ? read : otherwise;
    }

    /** The value of a key that is also read, or null. */
    @Nullable Value value(String key) {
        served.add(key);
        Value.Named entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    /** The names in the mapping of a key that is also read; none if it is missing or no mapping. Nothing is reported. */
    List<String> names(String key) {
        Value value = value(key);
        return value == null ? List.of() : value.names();
    }

    /** Keys that the design knows and this version does not. */
    void notYet(String... keys) {
        notYet.addAll(Set.of(keys));
    }

    /** Keys of which at least one is needed. */
    void needOneOf(String hint, String... keys) {
        oneOf = List.of(keys);
        oneOfHint = hint;
    }

    private String known() {
        return served.isEmpty() ? "none is known here; write {}" : "known here: " + String.join(", ", served);
    }

    /** Keys that are unknown and keys that are missing; one that is missing because it is misspelt is one problem. */
    void reportMistaken() {
        boolean meant = oneOf.isEmpty() || oneOf.stream().anyMatch(entries::containsKey);
        for (Map.Entry<String, Value.Named> given : entries.entrySet()) {
            String key = given.getKey();
            Value.Named entry = given.getValue();
            if (notYet.contains(key)) {
                entry.name().reportNotYet("", "served here: " + String.join(", ", served));
            } else if (!served.contains(key)) {
                String nearest = table.nearest().to(key, served);
                entry.name().report("unknown key", nearest != null ? Nearest.question(nearest) : known());
                missing.remove(nearest);
                meant |= nearest != null && oneOf.contains(nearest);
            }
        }
        if (!meant) {
            table.report("has neither " + String.join(" nor ", oneOf), oneOfHint);
        }
        missing.forEach(table::reportMissing);
    }
}
