package io.weir.routing;

import java.util.Arrays;
import java.util.List;

/** The pieces of a host or a path in order, with what separates them. */
final class Pieces {
    private final byte separator;
    private final boolean anyCase;
    private final Piece[] pieces;
    private final int captures;

    private Pieces(char separator, boolean anyCase, List<String> texts) {
        this.separator = (byte) separator;
        this.anyCase = anyCase;
        this.pieces = texts.stream().map(Piece::of).toArray(Piece[]::new);
        this.captures = Arrays.stream(pieces).mapToInt(Piece::captures).sum();
    }

    /** The labels of a host. */
    static Pieces ofHost(String host) {
        return new Pieces('.', true, List.of(host.split("\\.", -1)));
    }

    /** The segments of a path; none for {@code /}. */
    static Pieces ofPath(String path) {
        String inner = path.substring(1, path.endsWith("/") ? Math.max(1, path.length() - 1) : path.length());
        return new Pieces('/', false, inner.isEmpty() ? List.of() : List.of(inner.split("/", -1)));
    }

    int captures() {
        return captures;
    }

    /** Whether these pieces and no more stand in {@code b[from, to)}. */
    boolean match(byte[] b, int from, int to, int[] ranges) {
        return matchedEnd(b, from - 1, to, ranges) == to;
    }

    /**
     * Where the pieces end that stand in {@code b[from, to)} one after the other, each behind a separator: at a separator or at {@code to};
     * or -1 if they don't. The separator at {@code from} is not looked at. {@code ranges} holds the captures then.
     */
    int matchedEnd(byte[] b, int from, int to, int[] ranges) {
        int at = 0;
        int end = from;
        for (Piece piece : pieces) {
            if (end >= to) {
                return -1;
            }
            int start = end + 1;
            end = start;
            while (end < to && b[end] != separator) {
                end++;
            }
            if (!piece.matches(b, start, end, anyCase, ranges, at)) {
                return -1;
            }
            at += 2 * piece.captures();
        }
        return end;
    }
}
