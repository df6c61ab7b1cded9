package io.weir.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The texts of a config's files, as they are written, for showing the place of a problem. */
final class Sources {

    /** None, where no text could be read. */
    static final Sources NONE = new Sources();

    private final Map<String, Source> byFile = new LinkedHashMap<>();

    /** One text, and its place in the order. */
    private record Source(int order, Excerpts excerpts) {}

    static Sources of(String file, String text) {
        var one = new Sources();
        one.add(file, text);
        return one;
    }

    void add(String file, String text) {
        byFile.put(file, new Source(byFile.size() + 1, new Excerpts(text)));
    }

    /** From 1; 0 for what is none of the files. */
    int order(String file) {
        Source source = byFile.get(file);
        return source == null ? 0 : source.order;
    }

    /** The line with a caret beneath its column, or null if there is nothing to see. */
    @Nullable String excerpt(Problem problem) {
        Source source = byFile.get(problem.file());
        return source == null ? null : source.excerpts.at(problem.line(), problem.column());
    }
}
