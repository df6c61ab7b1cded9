package io.weir.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value at its place in the file: what a {@link Reading} reads.
 *
 * <p>Whatever cannot be made sense of is reported here and becomes null, and a null in any part makes the whole null, so that nothing
 * half-read is ever built. Reading goes on with the next part, so that one look shows every problem.
 */
final class Value {

    private final Yaml yaml;
    private final KeyPath path;
    private final Session session;

    /** What the values of one file share. */
    record Session(Problems problems, Nearest nearest) {}

    /** Makes a setting of a named value; null as in {@link Reading}. */
    @FunctionalInterface
    interface NamedReading<T> {
        @Nullable T read(Value name, Value value);
    }

    Value(Yaml yaml, KeyPath path, Session session) {
        this.yaml = yaml;
        this.path = path;
        this.session = session;
    }

    /** The line where it begins, from 1. */
    int line() {
        return yaml.line();
    }

    boolean isScalar() {
        return yaml instanceof Yaml.Scalar;
    }

    boolean isMapping() {
        return yaml instanceof Yaml.Table;
    }

    void report(String what, @Nullable String hint) {
        session.problems.add(yaml, path, what, hint);
    }

    /** Something that the design knows and this version does not. */
    void reportNotYet(String what, String served) {
        report(what.isEmpty() ? "is not yet served by this version" : what + " is not yet served by this version", served);
    }

    Nearest nearest() {
        return session.nearest;
    }

    /** A single value as it is written, not empty. */
    @Nullable String text() {
        if (!(yaml instanceof Yaml.Scalar scalar)) {
            report("must be a single value, is " + yaml.kind(), null);
            return null;
        }
        if (scalar.isNothing()) {
            report("has no value", "give it one or remove it");
            return null;
        }
        if (scalar.text().contains("${")) {
            reportNotYet("${…}", "write the value itself");
            return null;
        }
        return scalar.text();
    }

    /** A list, each of its items read. */
    <T> @Nullable List<T> list(Reading<T> reading) {
        if (!(yaml instanceof Yaml.Listing listing)) {
            reportNotA("list", "[…]");
            return null;
        }
        var items = new ArrayList<T>(listing.items().size());
        for (int i = 0; i < listing.items().size(); i++) {
            T item = reading.read(new Value(listing.items().get(i), path.item(i), session));
            if (item != null) {
                items.add(item);
            }
        }
        return items.size() == listing.items().size() ? items : null;
    }

    /** The same, of at least one item. */
    <T> @Nullable List<T> nonEmptyList(String of, Reading<T> reading) {
        if (yaml instanceof Yaml.Listing listing && listing.items().isEmpty()) {
            report("is empty", "at least one " + of + " is needed");
            return null;
        }
        return list(reading);
    }

    /** A mapping from names that the author of the file has chosen, in its order. */
    <T> @Nullable Map<String, T> named(NamedReading<T> reading) {
        Map<String, Named> entries = entries();
        if (entries == null) {
            return null;
        }
        var read = new LinkedHashMap<String, T>();
        entries.forEach((name, entry) -> {
            T setting = reading.read(entry.name, entry.value);
            if (setting != null) {
                read.put(name, setting);
            }
        });
        return read.size() == entries.size() ? read : null;
    }

    /** The same, of at least one. */
    <T> @Nullable Map<String, T> nonEmptyNamed(String of, NamedReading<T> reading) {
        if (yaml instanceof Yaml.Table table && table.entries().isEmpty()) {
            report("is empty", "at least one " + of + " is needed");
            return null;
        }
        Map<String, T> read = named(reading);
        return read == null || read.isEmpty() ? null : read;
    }

    /** A mapping of keys that are known; a key that the reading does not ask for is reported. */
    <T> @Nullable T fields(Function<Fields, @Nullable T> reading) {
        Map<String, Named> entries = entries();
        if (entries == null) {
            return null;
        }
        var fields = new Fields(this, entries);
        T read = reading.apply(fields);
        fields.reportMistaken();
        return read;
    }

    /** A key and its value, each at its own place. */
    record Named(Value name, Value value) {}

    /** The names of a mapping, in order; empty if it is none. Nothing is reported. */
    List<String> names() {
        var names = new ArrayList<String>();
        if (yaml instanceof Yaml.Table table) {
            for (Yaml.Entry entry : table.entries()) {
                if (entry.key() instanceof Yaml.Scalar key) {
                    names.add(key.text());
                }
            }
        }
        return names;
    }

    private @Nullable Map<String, Named> entries() {
        if (!(yaml instanceof Yaml.Table table)) {
            reportNotA("mapping", "{key: value}");
            return null;
        }
        var entries = new LinkedHashMap<String, Named>();
        for (Yaml.Entry entry : table.entries()) {
            if (!(entry.key() instanceof Yaml.Scalar key)) {
                session.problems.add(entry.key(), path, "a key must be a single value, is " + entry.key().kind(), null);
                continue;
            }
            var name = new Value(key, path.key(key.text()), session);
            if (key.plain() && key.text().equals("<<")) {
                name.report("merge keys are not supported", "use an alias for the whole value");
            } else if (name.text() != null) {
                Named first = entries.putIfAbsent(key.text(), new Named(name, new Value(entry.value(), name.path, session)));
                if (first != null) {
                    name.report("is given twice", "the first is in line " + first.name.line());
                }
            }
        }
        return entries;
    }

    private void reportNotA(String wanted, String form) {
        if (yaml instanceof Yaml.Scalar scalar && scalar.isNothing()) {
            report("has no value", "give it a " + wanted + ", " + form + ", or remove it");
        } else {
            report("must be a " + wanted + ", is " + yaml.kind(), "write " + form);
        }
    }

    /** What is missing in a mapping has no place of its own: it is reported at the mapping's beginning. */
    void reportMissing(String key) {
        session.problems.add(yaml, path.key(key), "is missing", null);
    }
}
