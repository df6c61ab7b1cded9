package io.weir.telemetry.metrics;

/** A count for each constant of an enum. One event loop counts, any thread reads. */
final class CountsBy<E extends Enum<E>> {
    private final Counts counts;

    CountsBy(Class<E> kinds) {
        counts = new Counts(kinds.getEnumConstants().length);
    }

    @SuppressWarnings("EnumOrdinal") // a place in memory that nobody else sees
    void add(E kind) {
        counts.add(kind.ordinal(), 1);
    }

    @SuppressWarnings("EnumOrdinal")
    long get(E kind) {
        return counts.get(kind.ordinal());
    }
}
