package io.weir.config;

import java.util.List;

/** A piece of YAML and the place where it begins; lines and columns count from 1. An alias is the very piece that it names. */
sealed interface Yaml {

    int line();

    int column();

    /** What it is, for messages. */
    String kind();

    /**
     * A single value.
     *
     * @param plain written without quotes, and not as a block
     */
    record Scalar(String text, boolean plain, int line, int column) implements Yaml {

        /** Whether nothing was given: an empty place, {@code ~} or {@code null}. */
        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        @Override
        public String kind() {
            return "a single value";
        }
    }

    /** Values in a row. */
    record Listing(List<Yaml> items, int line, int column) implements Yaml {

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys with values, in the file's order; the same key may stand there twice. */
    record Table(List<Entry> entries, int line, int column) implements Yaml {

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** What was read before, and is taken as it was: no place is known any more, so what is wrong beside it is found out again from the texts. */
    sealed interface TakenAsItWas extends Yaml {

        @Override
        default int line() {
            return 1;
        }

        @Override
        default int column() {
            return 1;
        }

        @Override
        default String kind() {
            return "known";
        }
    }

    /**
     * One app.
     *
     * @param setting what was made of it
     */
    record Known(AppSettings setting) implements TakenAsItWas {}

    /** Apps, in place of the mapping that they stood in; or of several that follow one another. */
    record KnownApps(List<List<AppSettings>> settings) implements TakenAsItWas {}

    /** A key and its value. */
    record Entry(Yaml key, Yaml value) {}
}
