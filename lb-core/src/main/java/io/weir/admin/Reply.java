package io.weir.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** What a page answers. */
sealed interface Reply {

    /**
     * A word or a sentence.
     *
     * @param name its name in JSON
     * @param facts what stands beside it in JSON
     */
    record Words(int status, String name, String words, Map<String, String> headers, Map<String, ?> facts) implements Reply {
        Words(int status, String name, String words, Map<String, String> headers) {
            this(status, name, words, headers, Map.of());
        }

        Words(int status, String name, String words) {
            this(status, name, words, Map.of());
        }
    }

    /**
     * Facts by their names, to be written in the form that is asked for: strings, numbers, booleans, durations, instants, {@link Share}s, lists of
     * strings, {@link Table}s, and maps of facts.
     */
    record Facts(Map<String, Object> facts) implements Reply {}

    /** Bytes of whatever length, written as they are made. */
    record Written(String contentType, Content content) implements Reply {}

    /** Events as they come, after the one of that id. */
    record Live(long after) implements Reply {}

    /** Writes itself, on a thread that may wait for the reader. */
    @FunctionalInterface
    interface Content {
        void write(OutputStream to) throws IOException;
    }

    static Reply error(int status, String words) {
        return new Words(status, "error", words);
    }
}
