package io.weir.config;

import java.util.List;
import java.util.stream.Collectors;

/** A config was refused. Its message is every problem, one a line, in the file's order. */
public final class ConfigProblemsException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public ConfigProblemsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }
}
