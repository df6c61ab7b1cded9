package io.weir.config;

import io.weir.topology.Here;
import io.weir.topology.Region;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A config, a file or a folder of files, that is read again and again. Of what has not changed, little is read a second time: of a
 * folder only the files that have changed are parsed, and an app that was read before from the same text and with the same regions is
 * taken as it was, the very object. An app of a text that has changed is the same object too, if it is equal. What comes out is what
 * {@link ConfigReader} makes of it.
 *
 * <p>What is kept of a file is its digest, its apps' settings, and as YAML what stands beside its apps and the apps with
 * <code>${…}</code>, which are expanded anew each time; if that is much, it is not kept, and the file is parsed each time. Where a
 * problem shows, {@link ConfigReader} reads everything from the texts and says what it is.
 *
 * <p>Threads may share it.
 */
public final class ConfigFiles {

    /** How many values are kept as YAML: some 10 MiB. */
    private static final long MOST_KEPT = 100_000;

    private static final String APPS = "apps";

    private final Path path;
    private final Function<String, @Nullable String> environment;
    private final LongSupplier nowMillis;
    /** In the order of their paths. */
    private List<Kept> kept = List.of();
    /** Whether it is of the last reading, and of each change since it will be told. */
    private boolean keptIsLast;
    private @Nullable Context context;
    private @Nullable LoadedConfig last;

    /** What apps' settings depend on, beside their own text and what that refers to. */
    private record Context(Path folder, Map<String, Region> regions, Here here) {}

    /**
     * What is known of a file.
     *
     * @param sum its line in what is summed for the checksum
     * @param sure whether the same stamp, met again, means the same contents
     * @param expands whether some of its values stand elsewhere, or may
     * @param body null: it has to be parsed
     */
    private record Kept(Path file, @Nullable FileStamp stamp, boolean sure, Sum sum, boolean expands, @Nullable Body body) implements Comparable<Kept> {
        /** To be looked for. */
        static Kept at(Path file) {
            return new Kept(file, null, false, new Sum(new byte[0]), false, null);
        }

        @SuppressWarnings("ReferenceEquality") // of one that has not changed no other is made
        Kept with(boolean doesExpand, @Nullable Body other) {
            return doesExpand == expands && other == body ? this : new Kept(file, stamp, sure, sum, doesExpand, other);
        }

        @Override
        public int compareTo(Kept other) {
            return file.compareTo(other.file);
        }
    }

    /** A file's digest and name. */
    private static final class Sum {
        private final byte[] line;

        Sum(byte[] line) {
            this.line = line;
        }

        static Sum of(Path file, byte[] contents) {
            return new Sum(ConfigFolder.sum(file, ConfigReader.digest(contents)).getBytes(StandardCharsets.UTF_8));
        }

        boolean isSame(Sum other) {
            return this == other || Arrays.equals(line, other.line);
        }
    }

    /**
     * What a file holds.
     *
     * @param yaml null if nothing else; in place of apps, {@link Yaml.Known} ones
     * @param apps known ones, if it holds them alone; else none
     * @param values how many there are in it, beside these; {@link #WHOLE}: it is as it was parsed
     */
    private record Body(@Nullable Yaml yaml, List<AppSettings> apps, long values) {
        static final long WHOLE = -1;
    }

    public ConfigFiles(Path path) {
        this(path, System::getenv, System::currentTimeMillis);
    }

    ConfigFiles(Path path, Function<String, @Nullable String> environment, LongSupplier nowMillis) {
        this.path = path;
        this.environment = environment;
        this.nowMillis = nowMillis;
    }

    /**
     * Reads it as it is now. If nothing has changed and nothing in it stands elsewhere, the same object as before comes back.
     *
     * @throws ConfigProblemsException as {@link ConfigReader#read(Path)} does; what was right before is kept for the next time
     */
    public synchronized LoadedConfig read() throws ConfigProblemsException {
        LoadedConfig read = readAndKeep(ConfigChange.ANY);
        keptIsLast = false; // who tells of changes may have seen less of them
        return read;
    }

    /** The same for one who tells of each change since he called this before, so that no other files need be looked at, if nothing went wrong between. */
    public synchronized LoadedConfig read(ConfigChange change) throws ConfigProblemsException {
        return readAndKeep(change);
    }

    private LoadedConfig readAndKeep(ConfigChange change) throws ConfigProblemsException {
        LoadedConfig read = readOrNull(change);
        keptIsLast = read != null;
        if (read == null) {
            read = ConfigReader.read(path, environment);
            // What was wrong has been put right meanwhile.
            kept = List.of();
            last = read;
        }
        return read;
    }

    /** What is wrong with things that it names, with its places; see {@link ConfigReader#problems}. */
    public ConfigProblemsException problems(List<Misfit> misfits) {
        return ConfigReader.problems(path, misfits);
    }

    /** Null if something is wrong with it. */
    private @Nullable LoadedConfig readOrNull(ConfigChange change) {
        boolean isFolder = Files.isDirectory(path);
        Path folder = isFolder ? path : ConfigReader.folderOf(path);
        if (context != null && !context.folder.equals(folder)) {
            kept = List.of();
        }
        try {
            List<Kept> files =
                    isFolder && keptIsLast && !kept.isEmpty() && change.files() != null ? lookAt(change.files()) : lookAt(isFolder);
            if (last != null && isAsBefore(files)) {
                kept = files;
                return last;
            }
            Settings settings = settings(files, folder, isFolder);
            if (settings == null) {
                return null;
            }
            var read = new Context(folder, settings.regions(), settings.here());
            if (!read.equals(context) && !kept.isEmpty()) {
                kept = List.of(); // the apps that are known were read with other regions
                return readOrNull(ConfigChange.ANY);
            }
            kept = trimmed(files, settings.apps());
            context = read;
            last = new LoadedConfig(settings, checksum(files, isFolder));
            return last;
        } catch (ConfigProblemsException _) {
            return null;
        }
    }

    /** The files as they are now, in their order, with the bodies of those that are as they were. */
    private List<Kept> lookAt(boolean isFolder) throws ConfigProblemsException {
        var files = new ArrayList<Kept>();
        int expected = 0;
        for (Path file : isFolder ? ConfigFolder.files(path) : List.of(path)) {
            int place = expected < kept.size() && kept.get(expected).file.equals(file) ? expected : place(kept, file);
            files.add(lookAt(file, isFolder, place < 0 ? null : kept.get(place)));
            expected = place < 0 ? expected : place + 1;
        }
        return files;
    }

    /** The same, where no others have changed. */
    private List<Kept> lookAt(Set<Path> changed) throws ConfigProblemsException {
        List<Kept> files = new ArrayList<>(kept);
        for (Path file : changed) {
            int place = place(files, file);
            if (!ConfigFolder.isThere(file)) {
                if (place >= 0) {
                    files.remove(place);
                }
            } else if (place >= 0) {
                files.set(place, lookAt(file, true, files.get(place)));
            } else {
                files.add(-1 - place, lookAt(file, true, null));
            }
        }
        return files;
    }

    /** Where it is among these; if it isn't, -1 less the place where it would be. */
    private static int place(List<Kept> files, Path file) {
        return Collections.binarySearch(files, Kept.at(file));
    }

    private Kept lookAt(Path file, boolean isFolder, @Nullable Kept before) throws ConfigProblemsException {
        long now = nowMillis.getAsLong();
        FileStamp stamp = FileStamp.of(file); // first of all: what changes after it makes another one
        if (before != null && before.sure && before.stamp != null && before.stamp.equals(stamp)) {
            return before;
        }
        byte[] bytes = isFolder ? ConfigFolder.bytes(file) : ConfigReader.bytes(file);
        Sum sum = Sum.of(file, bytes);
        boolean sure = stamp != null && stamp.isSettled(now);
        return before != null && before.sum.isSame(sum)
                ? new Kept(file, stamp, sure, before.sum, before.expands, before.body)
                : new Kept(file, stamp, sure, sum, true, parse(file, bytes));
    }

    private Body parse(Path file, byte[] bytes) throws ConfigProblemsException {
        String name = file.toString();
        LoadedConfig before = last;
        Context read = context;
        // If its regions turn out to be others, all is read once more.
        var known = before == null || read == null || kept.isEmpty() ? null : new KnownAgain(before.settings().apps(), read);
        return new Body(YamlText.parseIfAny(name, ConfigReader.withoutMark(ConfigReader.decode(name, bytes)), known), List.of(), Body.WHOLE);
    }

    /** Whether the same would be read again. */
    private boolean isAsBefore(List<Kept> files) {
        if (files.isEmpty() || files.size() != kept.size()) {
            return false;
        }
        for (int i = 0; i < files.size(); i++) {
            Kept before = kept.get(i);
            if (before.expands || !before.file.equals(files.get(i).file) || !before.sum.isSame(files.get(i).sum)) {
                return false;
            }
        }
        return true;
    }

    /** Null if there are problems. Files whose bodies were not kept get them. */
    private @Nullable Settings settings(List<Kept> files, Path folder, boolean isFolder) throws ConfigProblemsException {
        var problems = new Problems();
        var nearest = new Nearest();
        var expansion = new Expansion(folder, environment);
        var roots = new ArrayList<Value>();
        var known = new ArrayList<List<AppSettings>>();
        for (int i = 0; i < files.size(); i++) {
            Kept one = files.get(i);
            Body body = one.body;
            if (body == null) {
                byte[] bytes = isFolder ? ConfigFolder.bytes(one.file) : ConfigReader.bytes(one.file);
                body = parse(one.file, bytes);
                files.set(i, new Kept(one.file, one.stamp, one.sure, Sum.of(one.file, bytes), one.expands, body));
            }
            if (!body.apps.isEmpty()) {
                known.add(body.apps);
            } else if (body.yaml != null) {
                var session = new Value.Session(one.file.toString(), !isFolder, problems, nearest, expansion);
                addKnown(known, session, roots);
                roots.add(new Value(body.yaml, KeyPath.ROOT, session));
            }
        }
        var session = new Value.Session(path.toString(), !isFolder, problems, nearest, expansion);
        addKnown(known, session, roots);
        if (roots.isEmpty()) {
            return null;
        }
        Value root = isFolder ? Value.united(roots, new Yaml.Table(List.of(), 1, 1), session) : roots.getFirst();
        Settings settings = SettingsReader.read(root, last == null ? Map.of() : last.settings().apps());
        return problems.isEmpty() ? settings : null;
    }

    /** Files of nothing but apps that are known, one after the other, are as good as one: there may be a hundred thousand. */
    private static void addKnown(List<List<AppSettings>> known, Value.Session before, List<Value> roots) {
        if (!known.isEmpty()) {
            var apps = new Yaml.Entry(new Yaml.Scalar(APPS, true, 1, 1), new Yaml.KnownApps(List.copyOf(known)));
            var session = new Value.Session("before " + before.file(), before.alone(), before.problems(), before.nearest(), before.expansion());
            roots.add(new Value(new Yaml.Table(List.of(apps), 1, 1), KeyPath.ROOT, session));
            known.clear();
        }
    }

    private static String checksum(List<Kept> files, boolean isFolder) {
        if (!isFolder) {
            return ConfigReader.checksum(new String(files.getFirst().sum.line, StandardCharsets.UTF_8));
        }
        MessageDigest all = ConfigReader.sha256();
        for (Kept one : files) {
            all.update(one.sum.line);
        }
        return ConfigReader.checksum(HexFormat.of().formatHex(all.digest()));
    }

    /** What is kept of these files, from which the apps have been read. */
    private static List<Kept> trimmed(List<Kept> files, Map<String, AppSettings> apps) {
        List<Kept> trimmed = new ArrayList<>(files.size());
        long values = 0;
        for (Kept one : files) {
            boolean expands = one.expands;
            Body body = one.body;
            if (body != null && body.values == Body.WHOLE) {
                var trimming = new Trimming(apps);
                body = trimming.trim(body.yaml);
                expands = trimming.expands;
            }
            if (body != null && values + body.values <= MOST_KEPT) {
                values += body.values;
            } else {
                body = null;
            }
            trimmed.add(one.with(expands, body));
        }
        return trimmed;
    }

    /** Finds out of each app, as soon as its text has been read, whether it is as it was: then nothing else is kept of it. */
    private static final class KnownAgain implements YamlText.Replacing {
        private final Map<String, AppSettings> before;
        private final AppReader reader;
        private final Context context;
        private final Nearest nearest = new Nearest();

        KnownAgain(Map<String, AppSettings> before, Context context) {
            this.before = before;
            this.context = context;
            this.reader = new AppReader(new Places(context.regions, context.here), before);
        }

        @Override
        public String key() {
            return APPS;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the reader says so that it is as it was
        public Yaml instead(Yaml key, Yaml app) {
            AppSettings was = key instanceof Yaml.Scalar name ? before.get(name.text()) : null;
            if (was == null || new Trimming(before).count(app)) {
                return app;
            }
            var problems = new Problems();
            var session = new Value.Session("", true, problems, nearest, new Expansion(context.folder, _ -> null));
            KeyPath path = KeyPath.ROOT.key(APPS).key(was.name());
            AppSettings is = reader.app(new Value(key, path, session), new Value(app, path, session));
            return is == was && problems.isEmpty() ? new Yaml.Known(was) : app;
        }
    }

    /** Puts what was read in the place of one file's apps, and counts the rest. */
    private static final class Trimming {
        private final Map<String, AppSettings> apps;
        private long values;
        private boolean expands;

        Trimming(Map<String, AppSettings> apps) {
            this.apps = apps;
        }

        Body trim(@Nullable Yaml root) {
            Yaml trimmed = root instanceof Yaml.Table table ? root(table) : root;
            return trimmed instanceof Yaml.Table(List<Yaml.Entry> entries, _, _)
                            && entries.size() == 1
                            && entries.getFirst().value() instanceof Yaml.KnownApps(List<List<AppSettings>> known)
                    ? new Body(null, known.getFirst(), 0)
                    : new Body(trimmed, List.of(), values);
        }

        private Yaml root(Yaml.Table table) {
            var entries = new ArrayList<Yaml.Entry>();
            for (Yaml.Entry entry : table.entries()) {
                if (entry.key() instanceof Yaml.Scalar key && key.text().equals(APPS) && entry.value() instanceof Yaml.Table all) {
                    entries.add(new Yaml.Entry(key, apps(all)));
                } else {
                    expands |= count(entry.value());
                    entries.add(entry);
                }
            }
            return new Yaml.Table(List.copyOf(entries), table.line(), table.column());
        }

        private Yaml apps(Yaml.Table all) {
            List<Yaml.Entry> entries = all.entries().stream().map(this::app).toList();
            List<AppSettings> known = new ArrayList<>();
            for (Yaml.Entry entry : entries) {
                if (entry.value() instanceof Yaml.Known(AppSettings app)) {
                    known.add(app);
                }
            }
            return !known.isEmpty() && known.size() == entries.size()
                    ? new Yaml.KnownApps(List.of(List.copyOf(known)))
                    : new Yaml.Table(entries, all.line(), all.column());
        }

        private Yaml.Entry app(Yaml.Entry entry) {
            long before = values;
            AppSettings read = entry.key() instanceof Yaml.Scalar name ? apps.get(name.text()) : null;
            if (count(entry.value()) || read == null) {
                expands = true;
                return entry;
            }
            values = before;
            return new Yaml.Entry(entry.key(), new Yaml.Known(read));
        }

        /** Whether one of the values stands elsewhere. */
        private boolean count(Yaml yaml) {
            values++;
            if (yaml instanceof Yaml.Scalar scalar) {
                return scalar.text().contains(Expansion.OPEN);
            }
            boolean found = false;
            if (yaml instanceof Yaml.Listing listing) {
                for (Yaml item : listing.items()) {
                    found |= count(item);
                }
            } else if (yaml instanceof Yaml.Table table) {
                for (Yaml.Entry entry : table.entries()) {
                    found |= count(entry.value());
                }
            }
            return found;
        }
    }
}
