package io.weir.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value at its place in the file: what a {@link Reading} reads.
 *
 * <p>Whatever cannot be made sense of is reported here and becomes null, and a null in any part makes the whole null, so that nothing
 * half-read is ever built. Reading goes on with the next part, so that one look shows every problem.
 *
 * <p>In a folder of files, some keys stand in several files; their value is {@link #united} from those of each file. A value can also
 * be a {@link Shape}'s: then it stands for any value, every reading of it is null, and nothing is reported.
 */
final class Value {

    /** What may be given in parts, in several files of a folder. */
    private static final Set<String> SHARED = Set.of("apps", "regions", "mappings", "domains", "listeners", "trusted-proxies", "trusted-gateways");

    private final Yaml yaml;
    private final KeyPath path;
    private final Session session;
    private final @Nullable List<Value> parts;
    private final @Nullable Shape shape;
    private @Nullable String expanded;
    private boolean refused;

    /**
     * What the values of one file share; all but the first two are shared with the other files of a folder.
     *
     * @param file as it is named in problems
     * @param alone whether there is no other file
     */
    record Session(String file, boolean alone, Problems problems, Nearest nearest, Expansion expansion) {}

    /** Makes a setting of a named value; null as in {@link Reading}. */
    @FunctionalInterface
    interface NamedReading<T> {
        @Nullable T read(Value name, Value value);
    }

    Value(Yaml yaml, KeyPath path, Session session) {
        this(yaml, path, session, null, null);
    }

    private Value(Yaml yaml, KeyPath path, Session session, @Nullable List<Value> parts, @Nullable Shape shape) {
        this.yaml = yaml;
        this.path = path;
        this.session = session;
        this.parts = parts;
        this.shape = shape;
    }

    /** A value that notes how it is read. */
    static Value noting(Shape shape) {
        var session = new Session("", true, new Problems(), new Nearest(), new Expansion(Path.of(""), _ -> null));
        return new Value(new Yaml.Scalar("", true, 1, 1), KeyPath.ROOT, session, null, shape);
    }

    /**
     * One value in several files.
     *
     * @param parts at least one, in the files' order
     * @param session of whoever answers for the whole
     */
    static Value united(List<Value> parts, Yaml yaml, Session session) {
        return new Value(yaml, parts.getFirst().path, session, List.copyOf(parts), null);
    }

    /** Where it begins. */
    Spot spot() {
        return new Spot(session.alone ? null : session.file, yaml.line());
    }

    boolean isScalar() {
        return shape == null ? yaml instanceof Yaml.Scalar : !shape.ask();
    }

    boolean isMapping() {
        return shape == null ? every(part -> part instanceof Yaml.Table) : shape.ask();
    }

    /** Whether this stands for any value, and what is accepted in its place should be said by {@link #accept}. */
    boolean isNoting() {
        return shape != null;
    }

    /** What was made of it when it was read before; null: it is to be read. */
    @Nullable AppSettings known() {
        return yaml instanceof Yaml.Known before ? before.setting() : null;
    }

    /** Notes what a single value may be, as JSON Schema: one of these. */
    void accept(List<Map<String, Object>> forms) {
        if (shape != null) {
            shape.acceptSingle(forms);
        }
    }

    /** What is wrong with the value. It may quote the value: if that was expanded, what was written is said instead. */
    void report(String what, @Nullable String hint) {
        if (expanded != null) {
            add("cannot be what " + written() + " stands for", hint != null ? hint : "which is not shown, since it may be a secret");
        } else {
            add(what, hint);
        }
    }

    /** What the value must be, and what it is instead, which is not said of a value that was expanded: it may be a secret. */
    void reportMust(String must, String is, @Nullable String hint) {
        add(must + (expanded != null ? ", and what " + written() + " stands for is not" : ", is " + is), hint);
    }

    private void add(String what, @Nullable String hint) {
        if (shape == null) {
            Expansion expansion = session.expansion;
            session.problems.add(session.file, yaml, path, expansion.hide(what), hint == null ? null : expansion.hide(hint));
        }
    }

    /** For messages about other values: the text that was read here or, if it was expanded, what is written. */
    String shown(String text) {
        return expanded == null ? text : written();
    }

    /** A path of the config; a relative one begins at the folder that its file is in. */
    Path resolve(String path) {
        return session.expansion.resolve(path);
    }

    boolean isExpanded() {
        return expanded != null;
    }

    private String written() {
        return yaml instanceof Yaml.Scalar scalar ? Quoted.cut(scalar.text()) : "";
    }

    /** Something that the design knows and this version does not. */
    void reportNotYet(String what, String served) {
        report(what.isEmpty() ? "is not yet served by this version" : what + " is not yet served by this version", served);
    }

    Nearest nearest() {
        return session.nearest;
    }

    /** A single value, expanded, not empty. */
    @Nullable String text() {
        if (shape != null) {
            shape.single();
            return null;
        }
        if (!(yaml instanceof Yaml.Scalar scalar)) {
            report("must be a single value, is " + yaml.kind(), null);
            return null;
        }
        if (scalar.isNothing()) {
            report("has no value", "give it one or remove it");
            return null;
        }
        return scalar.text().contains(Expansion.OPEN) ? expanded(scalar) : scalar.text();
    }

    /** Whether it is this word. What is wrong with it otherwise is for its reading to report. */
    boolean says(String word) {
        if (!(yaml instanceof Yaml.Scalar scalar) || scalar.isNothing()) {
            return false;
        }
        return word.equals(scalar.text().contains(Expansion.OPEN) ? expanded(scalar) : scalar.text());
    }

    /** Expands once, so that what cannot be expanded is one problem, however often it is asked for. */
    private @Nullable String expanded(Yaml.Scalar scalar) {
        if (expanded == null && !refused) {
            expanded = session.expansion.expand(scalar.text(), this);
            refused = expanded == null;
        }
        return expanded;
    }

    /** A list, each of its items read. */
    <T> @Nullable List<T> list(Reading<T> reading) {
        return list(reading, 0);
    }

    /** The same, of at least one item. */
    <T> @Nullable List<T> nonEmptyList(String of, Reading<T> reading) {
        if (every(part -> part instanceof Yaml.Listing listing && listing.items().isEmpty())) {
            report("is empty", "at least one " + of + " is needed");
            return null;
        }
        return list(reading, 1);
    }

    private <T> @Nullable List<T> list(Reading<T> reading, int least) {
        if (shape != null) {
            shape.acceptList(reading, least);
            return null;
        }
        var items = new ArrayList<T>();
        boolean whole = true;
        for (Value part : parts()) {
            whole &= part.addItems(reading, items);
        }
        return whole ? items : null;
    }

    private <T> boolean addItems(Reading<T> reading, List<T> items) {
        if (!(yaml instanceof Yaml.Listing listing)) {
            reportNotA("list", "[…]");
            return false;
        }
        boolean whole = true;
        for (int i = 0; i < listing.items().size(); i++) {
            T item = reading.read(new Value(listing.items().get(i), path.item(i), session));
            if (item == null) {
                whole = false;
            } else {
                items.add(item);
            }
        }
        return whole;
    }

    /** A mapping from names that the author of the file has chosen, in its order. */
    <T> @Nullable Map<String, T> named(NamedReading<T> reading) {
        return named(reading, 0);
    }

    /** The same, of at least one. */
    <T> @Nullable Map<String, T> nonEmptyNamed(String of, NamedReading<T> reading) {
        if (every(part -> part instanceof Yaml.Table table && table.entries().isEmpty())) {
            report("is empty", "at least one " + of + " is needed");
            return null;
        }
        Map<String, T> read = named(reading, 1);
        return read == null || read.isEmpty() ? null : read;
    }

    private <T> @Nullable Map<String, T> named(NamedReading<T> reading, int least) {
        if (shape != null) {
            shape.acceptNamed(reading, least);
            return null;
        }
        var entries = new LinkedHashMap<String, Named>();
        boolean whole = addEntries(entries);
        var read = new LinkedHashMap<String, T>();
        entries.forEach((name, entry) -> {
            T setting = reading.read(entry.name, entry.value);
            if (setting != null) {
                read.put(name, setting);
            }
        });
        return whole && read.size() == entries.size() ? read : null;
    }

    /**
     * The apps of a mapping, some of which may be known already; if so, problems say little, as they are found out again from the texts.
     *
     * @param before what it was made of when it was read before
     */
    @Nullable Map<String, AppSettings> apps(NamedReading<AppSettings> reading, Map<String, AppSettings> before) {
        if (shape != null) {
            return named(reading);
        }
        ByName.Builder<AppSettings> apps = ByName.following(before);
        if (every(part -> !(part instanceof Yaml.KnownApps))) {
            Map<String, AppSettings> read = named(reading);
            if (read != null) {
                read.forEach(apps::add);
            }
            return read == null ? null : apps.build();
        }
        boolean whole = true;
        for (Value part : parts()) {
            if (part.yaml instanceof Yaml.KnownApps known) {
                for (List<AppSettings> some : known.settings()) {
                    for (AppSettings app : some) {
                        whole &= apps.add(app.name(), app);
                    }
                }
            } else {
                Map<String, AppSettings> read = part.named(reading);
                for (AppSettings app : read == null ? List.<AppSettings>of() : read.values()) {
                    whole &= apps.add(app.name(), app);
                }
                whole &= read != null;
            }
        }
        if (!whole) {
            report("has an app twice, or one that is refused", null);
            return null;
        }
        return apps.build();
    }

    /** A mapping of keys that are known; a key that the reading does not ask for is reported. */
    <T> @Nullable T fields(Function<Fields, @Nullable T> reading) {
        if (shape != null) {
            shape.acceptFields(keys -> {
                var _ = reading.apply(new Fields(this, Map.of(), keys));
            });
            return null;
        }
        var entries = new LinkedHashMap<String, Named>();
        if (!addEntries(entries)) {
            return null;
        }
        var fields = new Fields(this, entries, null);
        T read = reading.apply(fields);
        fields.reportMistaken();
        return read;
    }

    /** A key and its value, each at its own place. */
    record Named(Value name, Value value) {}

    /** The names of a mapping, in order; empty if it is none. Nothing is reported. */
    List<String> names() {
        var names = new ArrayList<String>();
        for (Value part : parts()) {
            if (part.yaml instanceof Yaml.Table table) {
                for (Yaml.Entry entry : table.entries()) {
                    if (entry.key() instanceof Yaml.Scalar key) {
                        names.add(key.text());
                    }
                }
            }
        }
        return names;
    }

    private List<Value> parts() {
        return parts == null ? List.of(this) : parts;
    }

    private boolean every(Predicate<Yaml> test) {
        for (Value part : parts()) {
            if (!test.test(part.yaml)) {
                return false;
            }
        }
        return true;
    }

    /** Adds the keys with their values; false if it is no mapping, which has been reported. */
    private boolean addEntries(Map<String, Named> entries) {
        if (parts == null) {
            return addOwnEntries(entries);
        }
        boolean whole = true;
        for (Value part : parts) {
            whole &= part.addOwnEntries(entries);
        }
        return whole;
    }

    private boolean addOwnEntries(Map<String, Named> entries) {
        if (!(yaml instanceof Yaml.Table table)) {
            reportNotA("mapping", "{key: value}");
            return false;
        }
        for (Yaml.Entry entry : table.entries()) {
            if (!(entry.key() instanceof Yaml.Scalar key)) {
                session.problems.add(session.file, entry.key(), path, "a key must be a single value, is " + entry.key().kind(), null);
                continue;
            }
            if (entry.value() instanceof Yaml.Known) {
                // Its name was looked at when it was read; if another is the same, all is read again. There may be a hundred thousand.
                addEntry(entries, key.text(), new Named(this, new Value(entry.value(), path, session)));
                continue;
            }
            var name = new Value(key, path.key(key.text()), session);
            if (key.plain() && key.text().equals("<<")) {
                name.report("merge keys are not supported", "use an alias for the whole value");
            } else if (key.text().contains(Expansion.OPEN)) {
                name.report("${…} cannot stand in a key", "write the key itself; values alone are expanded");
            } else if (name.text() != null) {
                addEntry(entries, key.text(), new Named(name, new Value(entry.value(), name.path, session)));
            }
        }
        return true;
    }

    private void addEntry(Map<String, Named> entries, String key, Named entry) {
        Named first = entries.putIfAbsent(key, entry);
        if (first == null) {
            return;
        }
        List<Value> before = first.value.parts();
        if (path.parent() == null && SHARED.contains(key) && !before.getLast().session.file.equals(session.file)) { // one file comes after the other
            if (first.value.parts == null) {
                var all = new ArrayList<>(List.of(first.value, entry.value));
                entries.put(key, new Named(first.name, new Value(first.value.yaml, first.value.path, first.value.session, all, null)));
            } else {
                before.add(entry.value); // nobody reads it yet, and there may be a hundred thousand files
            }
        } else {
            entry.name.report("is given twice", "the first is in " + first.name.spot());
        }
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
        session.problems.add(session.file, yaml, path.key(key), "is missing", null);
    }
}
