package io.weir.config;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A config was refused. Its message is every problem, one a line, in the file's order. */
public final class ConfigProblemsException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;
    private final transient Sources sources;

    ConfigProblemsException(List<Problem> problems, Sources sources) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.sources = sources;
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }

    /** Every problem with its line and a caret beneath the column, as {@code weir check} prints them. */
    public String report() {
        return reports().stream().map(each -> each + '\n').collect(Collectors.joining());
    }

    /** The same, each by itself and without an end of line behind it. */
    public List<String> reports() {
        return problems.stream()
                .map(problem -> {
                    String excerpt = excerpt(problem);
                    return excerpt == null ? problem.toString() : problem + "\n" + excerpt;
                })
                .toList();
    }

    /**
     * The line of one of the problems as it stands in the file, at most about 120 characters of it, and beneath it a caret at the
     * column; null where there is no line to show. Ask in the problems' order: that is the cheap one.
     */
    public @Nullable String excerpt(Problem problem) {
        return sources.excerpt(problem);
    }
}
