package io.weir.telemetry.metrics;

import java.util.List;
import java.util.Set;

/** What others have to say on the page. Asked on the scraper's thread, one scraper at a time. */
@FunctionalInterface
public interface FurtherSeries {
    /** Nothing. */
    FurtherSeries NONE = (_, _) -> List.of();

    /**
     * As it is now.
     *
     * @param apps those that have series of their own; of all others, sums alone
     * @param room bytes that it may take
     */
    List<Family> families(Set<String> apps, long room);
}
