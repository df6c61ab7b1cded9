package io.weir.discovery;

import java.time.Duration;
import java.util.List;

/** What came of one question to the DNS. */
sealed interface DnsAnswer<T> {

    /**
     * Records of the kind that was asked for.
     *
     * @param records at least one
     * @param ttl the least of theirs and of the aliases that led to them
     */
    record Records<T>(List<T> records, Duration ttl) implements DnsAnswer<T> {}

    /** There is no such name, or it has no such record. */
    record Nothing<T>(String why) implements DnsAnswer<T> {}

    /** No server said anything that can be used. */
    record Unanswered<T>(String why) implements DnsAnswer<T> {}
}
