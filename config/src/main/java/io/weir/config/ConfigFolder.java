package io.weir.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of files that are one config. What several of them give is united or appended, in the order of their names. */
final class ConfigFolder {

    private final Path folder;
    private final Expansion expansion;
    private final Problems problems = new Problems();
    private final Nearest nearest = new Nearest();
    private final Sources sources = new Sources();
    private final List<Value> roots = new ArrayList<>();
    private final List<Problem> unreadable = new ArrayList<>();
    private final StringBuilder sums = new StringBuilder();

    ConfigFolder(Path folder, Function<String, @Nullable String> environment) {
        this.folder = folder;
        this.expansion = new Expansion(folder, environment);
    }

    LoadedConfig read() throws ConfigProblemsException {
        for (Path file : files(folder)) {
            try {
                add(file);
            } catch (ConfigProblemsException e) {
                unreadable.addAll(e.problems());
            }
        }
        if (!unreadable.isEmpty()) {
            // What the other files name may stand in these: there is no more to say before they can be read.
            throw new ConfigProblemsException(unreadable, sources);
        }
        Value.Session session = session(folder.toString());
        if (roots.isEmpty()) {
            throw ConfigReader.problem(folder.toString(), "no file in this folder says anything", "put *.yaml or *.yml files there");
        }
        Value root = Value.united(roots, new Yaml.Table(List.of(), 1, 1), session);
        Settings settings = ConfigReader.settings(root, session, sources);
        return new LoadedConfig(settings, ConfigReader.checksum(sums.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Files that cannot be read are among them; what is meant to be read and is not must be said. */
    static List<Path> files(Path folder) throws ConfigProblemsException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(ConfigFolder::isMeant).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw ConfigReader.problem(folder.toString(), "this folder cannot be read: " + Quoted.clean(String.valueOf(e.getMessage())), null);
        }
    }

    /** Whether a file of that name, if it is no folder, is one of the config's. */
    static boolean isMeant(String name) {
        return (name.endsWith(".yaml") || name.endsWith(".yml")) && !name.startsWith(".");
    }

    private static boolean isMeant(Path file) {
        return isMeant(String.valueOf(file.getFileName())) && !Files.isDirectory(file);
    }

    /** Whether there is something at a place in the folder that {@link #files} would tell of. */
    static boolean isThere(Path file) {
        return isMeant(file) && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    static byte[] bytes(Path file) throws ConfigProblemsException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw ConfigReader.problem(file.toString(), "is no file that can be read to its end", "remove it from the folder");
        }
        return ConfigReader.bytes(file);
    }

    /** As sha256sum prints it, so that the checksum can be found out in a shell. */
    static String sum(Path file, String digest) {
        return digest + "  " + file.getFileName() + '\n';
    }

    private void add(Path file) throws ConfigProblemsException {
        String name = file.toString();
        byte[] bytes = bytes(file);
        String text = ConfigReader.withoutMark(ConfigReader.decode(name, bytes));
        sources.add(name, text);
        sums.append(sum(file, ConfigReader.digest(bytes)));
        Yaml yaml = YamlText.parseIfAny(name, text);
        if (yaml != null) {
            roots.add(new Value(yaml, KeyPath.ROOT, session(name)));
        }
    }

    private Value.Session session(String file) {
        return new Value.Session(file, false, problems, nearest, expansion);
    }
}
