package io.weir.routing;

import io.weir.http.HeadWriter;

/** What a rule has found in a request: first what its host captured, in lower case, then what its path did. */
final class Matched {
    private final byte[][] host;
    private final byte[] path;
    private final int[] ranges;
    private final int prefixEnd;

    /**
     * @param host the host's captures
     * @param path the request's bytes, in which {@code ranges} are the path's captures
     * @param prefixEnd where the path's matched prefix ends
     */
    Matched(byte[][] host, byte[] path, int[] ranges, int prefixEnd) {
        this.host = host;
        this.path = path;
        this.ranges = ranges;
        this.prefixEnd = prefixEnd;
    }

    int prefixEnd() {
        return prefixEnd;
    }

    void copyTo(HeadWriter out, int capture) {
        int inPath = capture - host.length;
        if (inPath < 0) {
            out.literal(host[capture]);
        } else {
            out.copy(path, ranges[2 * inPath], ranges[2 * inPath + 1]);
        }
    }
}
