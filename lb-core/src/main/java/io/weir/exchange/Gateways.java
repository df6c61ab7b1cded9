package io.weir.exchange;

import io.weir.http.RequestHead;
import io.weir.topology.Cidr;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What load balancers of other regions are to us.
 *
 * @param trusted who may hand requests over; their word about the client is believed too
 * @param instance our name among them
 * @param pools what they are told of ours
 */
public record Gateways(List<Cidr> trusted, String instance, Pools pools) {
    /** Nobody hands requests over. */
    public static final Gateways NONE = new Gateways(List.of(), "weir", _ -> List.of());

    private static final byte[] PATH = "/.weir/apps".getBytes(StandardCharsets.US_ASCII);
    private static final String SINCE = "?since=";

    public Gateways {
        trusted = List.copyOf(trusted);
    }

    /** How our pools are. For any thread. */
    @FunctionalInterface
    public interface Pools {
        /**
         * All of them, or if {@code revision} is one that was told before, those that have changed since: pieces of a text, in order, which
         * nobody changes any more.
         */
        List<byte[]> since(long revision);
    }

    /** Whether a request of theirs asks for our pools. */
    static boolean asks(RequestHead request) {
        return request.method() == RequestHead.Method.GET
                && Arrays.equals(request.bytes(), request.pathStart(), request.pathEnd(), PATH, 0, PATH.length);
    }

    /** The answer to one that does. */
    OwnAnswer answer(RequestHead request) {
        return OwnAnswer.ready("text/plain", pools.since(revision(request.text(request.queryStart(), request.targetEnd()))));
    }

    /** The one that is asked from; 0, which is never told, if it can't be read. */
    private static long revision(String query) {
        try {
            return query.startsWith(SINCE) ? Long.parseLong(query.substring(SINCE.length())) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
