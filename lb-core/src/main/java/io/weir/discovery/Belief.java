package io.weir.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is believed of one service. A value: each answer makes the next.
 *
 * <p>A source that knows what it removes is obeyed. Any other may name workers at will, and is believed at once; it may leave out up to
 * half of those that are known. One that leaves out more is doubted: the missing stay, beside those that it names, until each has been
 * missing in three answers in a row and for half a minute. An answer of which a part is missing removes nothing, no answer changes nothing.
 * What is believed is no yardstick any more when it was last confirmed an hour before it should have been asked for again.
 *
 * @param workers in the order of their places
 * @param yardstick those of them that the source named when it was last believed as a whole: half of these may go at once
 * @param absences of workers that are doubted to be gone
 * @param goodAt when it was last as the source said; null: never
 * @param goodFor how long that was to hold
 */
record Belief(
        List<FoundWorker> workers, Set<Place> yardstick, Map<Place, Absence> absences, @Nullable Instant goodAt, Duration goodFor) {

    static final int ANSWERS = 3;
    static final Duration MISSING_FOR = Duration.ofSeconds(30);
    static final Duration OLD = Duration.ofHours(1);

    static final Belief NOTHING = new Belief(List.of(), Set.of(), Map.of(), null, Duration.ZERO);

    /**
     * A worker is not named.
     *
     * @param answers in so many in a row
     */
    record Absence(int answers, Instant since) {
        Absence again(Instant at) {
            return new Absence(answers + 1, at.isBefore(since) ? at : since); // a clock that was put back begins anew
        }

        boolean isProven(Instant at) {
            return answers >= ANSWERS && !at.isBefore(since.plus(MISSING_FOR));
        }
    }

    Belief {
        workers = List.copyOf(workers);
        yardstick = Set.copyOf(yardstick);
        absences = Map.copyOf(absences);
    }

    /** What a process before believed in. */
    static Belief of(Kept kept) {
        return new Belief(kept.workers(), places(kept.workers()), Map.of(), kept.at(), kept.valid());
    }

    private static Set<Place> places(Collection<FoundWorker> workers) {
        return workers.stream().map(FoundWorker::place).collect(Collectors.toSet());
    }

    /** The same of equal workers. */
    Belief with(List<FoundWorker> equal) {
        return new Belief(equal, yardstick, absences, goodAt, goodFor);
    }

    /** Whether it holds on to workers that the last whole answer did not name. */
    boolean doubts() {
        return !absences.isEmpty();
    }

    /** For how long it has not been confirmed; null if it never was. */
    @Nullable Duration age(Instant now) {
        if (goodAt == null) {
            return null;
        }
        Duration age = Duration.between(goodAt, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    Belief heard(Snapshot.Found found) {
        Instant at = found.at();
        SortedMap<Place, FoundWorker> said = byPlace(found.workers());
        if (found.trust() == Snapshot.Trust.REVISIONED) {
            return good(said, found);
        }
        boolean whole = found.trust() == Snapshot.Trust.WHOLE;
        long lost = yardstick.stream().filter(place -> !said.containsKey(place)).count();
        if (whole && (2 * lost <= yardstick.size() || isOld(at))) {
            return good(said, found);
        }
        List<Place> missing = workers.stream().map(FoundWorker::place).filter(place -> !said.containsKey(place)).toList();
        SortedMap<Place, FoundWorker> all = byPlace(workers);
        all.putAll(said);
        Map<Place, Absence> doubted = new HashMap<>();
        for (Place place : missing) {
            Absence before = absences.get(place);
            Absence now = !whole ? before : before == null ? new Absence(1, at) : before.again(at);
            if (whole && now != null && now.isProven(at)) {
                all.remove(place);
            } else if (now != null) {
                doubted.put(place, now);
            }
        }
        return whole && doubted.isEmpty()
                ? good(all, found)
                : new Belief(List.copyOf(all.values()), yardstick, doubted, goodAt == null ? at : goodAt, goodFor);
    }

    private boolean isOld(Instant at) {
        return goodAt != null && at.isAfter(goodAt.plus(goodFor).plus(OLD));
    }

    private static Belief good(SortedMap<Place, FoundWorker> workers, Snapshot.Found found) {
        return new Belief(List.copyOf(workers.values()), workers.keySet(), Map.of(), found.at(), found.valid());
    }

    private static SortedMap<Place, FoundWorker> byPlace(List<FoundWorker> workers) {
        SortedMap<Place, FoundWorker> byPlace = new TreeMap<>();
        workers.forEach(worker -> byPlace.put(worker.place(), worker));
        return byPlace;
    }
}
