package io.weir.routing;

import io.weir.balancing.Fingerprint;
import io.weir.http.CookieSearch;
import io.weir.http.RequestHead;
import java.nio.charset.StandardCharsets;

/** What of a request it is hashed by. */
@FunctionalInterface
public interface RequestKey {
    /**
     * Its fingerprint, or 0 if the request has nothing of the kind.
     *
     * @param client the fingerprint of the client's address
     */
    long of(RequestHead head, long client);

    static RequestKey clientAddress() {
        return (head, client) -> client;
    }

    /** The path in its normal form, without the query. */
    static RequestKey path() {
        return (head, client) -> Fingerprint.of(head.bytes(), head.pathStart(), head.pathEnd());
    }

    /** The value of the first field of that name. */
    static RequestKey header(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return (head, client) -> {
            int i = head.find(bytes, 0);
            return i < 0 ? 0 : Fingerprint.of(head.bytes(), head.valueStart(i), head.valueEnd(i));
        };
    }

    /** The value of the first cookie of that name. */
    static RequestKey cookie(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return (head, client) -> {
            long range = CookieSearch.find(head, bytes);
            return range == CookieSearch.NONE
                    ? 0
                    : Fingerprint.of(head.bytes(), CookieSearch.from(range), CookieSearch.to(range));
        };
    }
}
