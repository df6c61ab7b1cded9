package io.weir.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one file while all of it is read. */
final class Problems {

    /** One mistake in a template can become a problem per app; past this many, a person needs to see no more. */
    static final int MOST = 1000;

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private int unlisted;

    Problems(String file) {
        this.file = file;
    }

    void add(Yaml at, KeyPath path, String what, @Nullable String hint) {
        if (problems.size() < MOST) {
            problems.add(new Problem(file, at.line(), at.column(), path.toString(), what, hint));
        } else {
            unlisted++;
        }
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /** In the file's order, whatever the order in which they were found. */
    ConfigProblemsException asException() {
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        if (unlisted > 0) {
            Problem last = sorted.getLast();
            sorted.add(new Problem(file, last.line(), last.column(), "", "and " + unlisted + " more problems", null));
        }
        return new ConfigProblemsException(sorted);
    }
}
