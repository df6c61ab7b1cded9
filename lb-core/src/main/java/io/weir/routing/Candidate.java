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
        int[] ranges = path.captures() == 0 ? NOTHING : new int[2 * path.captures()];
        int prefixEnd = prefixEnd(request, ranges);
        if (prefixEnd < 0) {
            return null;
        }
        Route only = rule.onlyRoute();
        return only != null ? only : rule.reach(request, new Matched(hostCaptures, request.bytes(), ranges, prefixEnd));
    }

    /** Whether it is not the path that keeps it from being the request's. */
    boolean matchesPath(RequestHead request) {
        return prefixEnd(request, new int[2 * rule.path().captures()]) >= 0;
    }

    private int prefixEnd(RequestHead request, int[] ranges) {
        Pieces path = rule.path();
        if (request.isForServer()) { // goes by its host alone, so there is nothing to capture
            return path.captures() == 0 ? request.pathEnd() : -1;
        }
        return path.matchedEnd(request.bytes(), request.pathStart(), request.pathEnd(), ranges);
    }
}
