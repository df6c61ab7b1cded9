package io.weir.routing;

import io.weir.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** A rule whose host has matched, with what that captured. */
final class Candidate {
    private static final int[] NOTHING = {};

    private final CompiledRule rule;
    private final byte[][] hostCaptures;

    Candidate(CompiledRule rule, byte[]... hostCaptures) {
        this.rule = rule;
        this.hostCaptures = hostCaptures;
    }

    /** Whether it leaves nothing to those that come after it. */
    boolean takesAll() {
        return rule.takesEveryPath();
    }

    /** The route, if requests need not be looked at to know it; or null. */
    @Nullable Route onlyRoute() {
        return rule.onlyRoute();
    }

    /** Where the request goes, or null if the next candidate is to be tried. */
    @Nullable Destination resolve(RequestHead request) {
        Pieces path = rule.path();
        byte[] b = request.bytes();
        int[] ranges = path.captures() == 0 ? NOTHING : new int[2 * path.captures()];
        int prefixEnd;
        if (request.isForServer()) { // goes by its host alone, so there is nothing to capture
            prefixEnd = path.captures() == 0 ? request.pathEnd() : -1;
        } else {
            prefixEnd = path.matchedEnd(b, request.pathStart(), request.pathEnd(), ranges);
        }
        if (prefixEnd < 0) {
            return null;
        }
        Route only = rule.onlyRoute();
        return only != null ? only : rule.reach(request, new Matched(hostCaptures, b, ranges, prefixEnd));
    }
}
