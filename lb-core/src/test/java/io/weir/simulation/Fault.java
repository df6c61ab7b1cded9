package io.weir.simulation;

import java.util.Locale;

/**
 * What is wrong with a worker.
 *
 * @param amount percent of requests, or ms, or of no meaning; see {@link Kind}
 */
record Fault(Kind kind, int amount) {
    enum Kind {
        /** Its process is gone: connections break, new ones are refused. */
        DEAD(false),
        /** Its network is gone: nothing comes through, and nothing comes back. */
        LOST(false),
        /** Its process stands still: the kernel takes connections, nobody answers. */
        HANGING(false),
        /** That percentage of requests is answered with 500 or 503; checks pass. */
        ERRORS(true),
        /** At that percentage of requests it closes the connection without an answer; checks pass. */
        RESETS(true),
        /** That percentage of answers breaks off in its body; checks pass. */
        CUTS(true),
        /** It takes that many ms longer to answer, checks too. */
        SLOW(true),
        /** Its checks fail, and it serves requests well. */
        UNWELL(false),
        /** It is {@link #DEAD} and well again by turns, for that many ms each. */
        FLAPPING(true);

        private final boolean counted;

        Kind(boolean counted) {
            this.counted = counted;
        }

        boolean counted() {
            return counted;
        }
    }

    /** Reads what {@link #toString} wrote. */
    static Fault parse(String text) {
        String[] words = text.split(" ", -1);
        return new Fault(Kind.valueOf(words[0].toUpperCase(Locale.ROOT)), words.length > 1 ? Integer.parseInt(words[1]) : 0);
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind.counted() ? name + ' ' + amount : name;
    }
}
