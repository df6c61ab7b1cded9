package io.weir.config;

import io.weir.topology.Here;
import io.weir.topology.Region;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private final Path path;
    private final Function<String, @Nullable String> environment;
    private final LongSupplier nowMillis;
    private Map<Path, Kept> kept = Map.of();
    private @Nullable Context context;
    private @Nullable LoadedConfig last;

    /** What apps' settings depend on, beside their own text and what that refers to. */
    private record Context(Path folder, Map<String, Region> regions, Here here) {}

    /**
     * What is known of a file.
     *
     * @param sure whether the same stamp, met again, means the same contents
     * @param expands whether some of its values stand elsewhere, or may
     * @param body null: it has to be parsed
     */
    private record Kept(@Nullable FileStamp stamp, boolean sure, String digest, boolean expands, @Nullable Body body) {}

    /**
     * What a file holds.
     *
     * @param yaml null if nothing; in place of apps, {@link Yaml.Known} ones
     * @param values how many there are in it, beside these; {@link #WHOLE}: it is as it was parsed
     */
    private record Body(@Nullable Yaml yaml, long values) {
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
        LoadedConfig read = readOrNull();
        if (read == null) {
            read = ConfigReader.read(path, environment);
            // What was wrong has been put right meanwhile.
            kept = Map.of();
            last = read;
        }
        return read;
    }

    /** What is wrong with things that it names, with its places; see {@link ConfigReader#problems}. */
    public ConfigProblemsException problems(List<Misfit> misfits) {
        return ConfigReader.problems(path, misfits);
    }

    /** Null if something is wrong with it. */
    private @Nullable LoadedConfig readOrNull() {
        boolean isFolder = Files.isDirectory(path);
        Path folder = isFolder ? path : ConfigReader.folderOf(path);
        if (context != null && !context.folder.equals(folder)) {
            kept = Map.of();
        }
        try {
            Map<Path, Kept> files = look(isFolder);
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
                kept = Map.of(); // the apps that are known were read with other regions
                return readOrNull();
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
    private Map<Path, Kept> look(boolean isFolder) throws ConfigProblemsException {
        var files = new LinkedHashMap<Path, Kept>();
        for (Path file : isFolder ? ConfigFolder.files(path) : List.of(path)) {
            Kept before = kept.get(file);
            long now = nowMillis.getAsLong();
            FileStamp stamp = FileStamp.of(file); // first of all: what changes after it makes another one
            if (before != null && before.sure && before.stamp != null && before.stamp.equals(stamp)) {
                files.put(file, before);
                continue;
            }
            byte[] bytes = isFolder ? ConfigFolder.bytes(file) : ConfigReader.bytes(file);
            String digest = ConfigReader.digest(bytes);
            boolean sure = stamp != null && stamp.isSettled(now);
            files.put(
                    file,
                    before != null && before.digest.equals(digest)
                            ? new Kept(stamp, sure, digest, before.expands, before.body)
                            : new Kept(stamp, sure, digest, true, parse(file, bytes)));
        }
        return files;
    }

    private static Body parse(Path file, byte[] bytes) throws ConfigProblemsException {
        String name = file.toString();
        return new Body(YamlText.parseIfAny(name, ConfigReader.withoutMark(ConfigReader.decode(name, bytes))), Body.WHOLE);
    }

    /** Whether the same would be read again. */
    private boolean isAsBefore(Map<Path, Kept> files) {
        return !files.isEmpty()
                && files.size() == kept.size()
                && files.entrySet().stream().allMatch(file -> {
                    Kept before = kept.get(file.getKey());
                    return before != null && !before.expands && before.digest.equals(file.getValue().digest);
                });
    }

    /** Null if there are problems. Files whose bodies were not kept get them. */
    private @Nullable Settings settings(Map<Path, Kept> files, Path folder, boolean isFolder) throws ConfigProblemsException {
        var problems = new Problems();
        var nearest = new Nearest();
        var expansion = new Expansion(folder, environment);
        var roots = new ArrayList<Value>();
        for (Map.Entry<Path, Kept> file : files.entrySet()) {
            Kept one = file.getValue();
            Body body = one.body;
            if (body == null) {
                byte[] bytes = isFolder ? ConfigFolder.bytes(file.getKey()) : ConfigReader.bytes(file.getKey());
                body = parse(file.getKey(), bytes);
                file.setValue(new Kept(one.stamp, one.sure, ConfigReader.digest(bytes), one.expands, body));
            }
            if (body.yaml != null) {
                roots.add(new Value(body.yaml, KeyPath.ROOT, new Value.Session(file.getKey().toString(), !isFolder, problems, nearest, expansion)));
            }
        }
        if (roots.isEmpty()) {
            return null;
        }
        var session = new Value.Session(path.toString(), !isFolder, problems, nearest, expansion);
        Value root = isFolder ? Value.united(roots, new Yaml.Table(List.of(), 1, 1), session) : roots.getFirst();
        Settings settings = SettingsReader.read(root, last == null ? Map.of() : last.settings().apps());
        return problems.isEmpty() ? settings : null;
    }

    private static String checksum(Map<Path, Kept> files, boolean isFolder) {
        if (!isFolder) {
            return ConfigReader.checksum(files.values().iterator().next().digest);
        }
        var sums = new StringBuilder();
        files.forEach((file, one) -> sums.append(ConfigFolder.sum(file, one.digest)));
        return ConfigReader.checksum(sums.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** What is kept of these files, from which the apps have been read. */
    private static Map<Path, Kept> trimmed(Map<Path, Kept> files, Map<String, AppSettings> apps) {
        var trimmed = new LinkedHashMap<Path, Kept>();
        long values = 0;
        for (Map.Entry<Path, Kept> file : files.entrySet()) {
            Kept one = file.getValue();
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
            trimmed.put(file.getKey(), new Kept(one.stamp, one.sure, one.digest, expands, body));
        }
        return trimmed;
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
            return new Body(trimmed, values);
        }

        private Yaml root(Yaml.Table table) {
            var entries = new ArrayList<Yaml.Entry>();
            for (Yaml.Entry entry : table.entries()) {
                if (entry.key() instanceof Yaml.Scalar key && key.text().equals("apps") && entry.value() instanceof Yaml.Table all) {
                    entries.add(new Yaml.Entry(key, new Yaml.Table(all.entries().stream().map(this::app).toList(), all.line(), all.column())));
                } else {
                    expands |= count(entry.value());
                    entries.add(entry);
                }
            }
            return new Yaml.Table(List.copyOf(entries), table.line(), table.column());
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
