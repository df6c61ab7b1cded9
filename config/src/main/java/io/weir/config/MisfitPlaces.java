package io.weir.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds out where a config names what is wrong: its texts are read once more, for those who have a problem alone. */
final class MisfitPlaces {
    private final Sources sources = new Sources();
    private final List<Part> roots = new ArrayList<>();
    private final String whole;

    /** A value as one file has it. */
    private record Part(String file, Yaml yaml, KeyPath path) {}

    MisfitPlaces(Path config) {
        whole = config.toString();
        try {
            for (Path file : Files.isDirectory(config) ? ConfigFolder.files(config) : List.of(config)) {
                String name = file.toString();
                String text = ConfigReader.withoutMark(ConfigReader.decode(name, ConfigReader.bytes(file)));
                sources.add(name, text);
                Yaml yaml = YamlText.parseIfAny(name, text);
                if (yaml != null) {
                    roots.add(new Part(name, yaml, KeyPath.ROOT));
                }
            }
        } catch (ConfigProblemsException _) {
            roots.clear(); // it has changed since it was read: then the keys have to do
        }
    }

    ConfigProblemsException problems(List<Misfit> misfits) {
        var problems = new Problems();
        for (Misfit each : misfits) {
            Part place = place(each.keys());
            problems.add(place.file, place.yaml, place.path, each.what(), null);
        }
        return problems.asException(sources);
    }

    /** The value, or what is there of the way to it. */
    private Part place(List<Object> keys) {
        List<Part> here = roots.isEmpty() ? List.of(new Part(whole, new Yaml.Table(List.of(), 1, 1), KeyPath.ROOT)) : roots;
        KeyPath path = KeyPath.ROOT;
        for (Object key : keys) {
            List<Part> next = key instanceof Integer index ? item(here, index) : values(here, String.valueOf(key));
            if (!next.isEmpty()) {
                here = next;
                path = next.getFirst().path;
            } else {
                path = path.then(key);
                here = List.of(new Part(here.getFirst().file, new Yaml.Table(List.of(), here.getFirst().yaml.line(), here.getFirst().yaml.column()), path));
            }
        }
        return new Part(here.getFirst().file, here.getFirst().yaml, path);
    }

    /** In a list that several files add to, each counts for itself. */
    private static List<Part> item(List<Part> here, int index) {
        int left = index;
        for (Part part : here) {
            if (part.yaml instanceof Yaml.Listing list) {
                if (left < list.items().size()) {
                    return List.of(new Part(part.file, list.items().get(left), part.path.item(left)));
                }
                left -= list.items().size();
            }
        }
        return List.of();
    }

    private static List<Part> values(List<Part> here, String key) {
        List<Part> all = new ArrayList<>();
        for (Part part : here) {
            if (part.yaml instanceof Yaml.Table table) {
                for (Yaml.Entry entry : table.entries()) {
                    if (entry.key() instanceof Yaml.Scalar name && name.text().equals(key)) {
                        all.add(new Part(part.file, entry.value(), part.path.key(key)));
                    }
                }
            }
        }
        return all;
    }
}
