package io.weir.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one config while all of it is read. */
final class Problems {

    /** One mistake in a template can become a problem per app; past this many, a person needs to see no more. */
    static final int MOST = 1000;

    private final List<Problem> problems = new ArrayList<>();
    private int unlisted;

    void add(String file, Yaml at, KeyPath path, String what, @Nullable String hint) {
        if (problems.size() < MOST) {
            problems.add(new Problem(file, at.line(), at.column(), path.toString(), what, hint));
        } else {
            unlisted++;
        }
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /**
     * In the files' order, whatever the order in which they were found. What is wrong with a folder as a whole comes first.
     *
     * @param files in their order
     */
    ConfigProblemsException asException(Sources files) {
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.<Problem>comparingInt(problem -> files.order(problem.file()))
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column));
        if (unlisted > 0) {
            Problem last = sorted.getLast();
            sorted.add(new Problem(last.file(), last.line(), last.column(), "", "and " + unlisted + " more problems", null));
        }
        return new ConfigProblemsException(sorted, files);
    }
}
