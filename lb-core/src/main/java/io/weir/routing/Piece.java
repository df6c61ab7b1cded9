package io.weir.routing;

import io.weir.topology.Template;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A label of a host or a segment of a path, as a rule has it: literal bytes with captures between them. Of the ways to match, the one counts
 * whose captures are longest from left to right, as greedy groups of a regular expression would take them.
 *
 * <p>It is found without going back: from the end, each literal is taken at its last place. If any way to match exists, this one does, for
 * what a literal is moved over was captured elsewhere and so is made of characters that captures may hold. A hostile path costs no more than
 * a literal's length for each of its bytes.
 */
final class Piece {
    private static final boolean[] CAPTURABLE = new boolean[256];

    static {
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-".toCharArray()) {
            CAPTURABLE[c] = true;
        }
    }

    /** One more than there are captures; the first and the last may be empty. */
    private final byte[][] literals;

    private Piece(byte[]... literals) {
        this.literals = literals;
    }

    static Piece of(String text) {
        List<Template.Part> parts = Template.parse(text).parts();
        byte[][] literals = new byte[(int) parts.stream().filter(Template.Part::isCapture).count() + 1][];
        java.util.Arrays.fill(literals, new byte[0]);
        int i = 0;
        for (Template.Part part : parts) {
            if (part.isCapture()) {
                i++;
            } else {
                literals[i] = part.text().getBytes(StandardCharsets.US_ASCII);
            }
        }
        return new Piece(literals);
    }

    int captures() {
        return literals.length - 1;
    }

    /**
     * Whether {@code b[from, to)} matches. Then {@code ranges} holds where each capture begins and ends, from {@code at} on.
     *
     * @param anyCase whether letters match without case; the literals are in lower case then
     */
    boolean matches(byte[] b, int from, int to, boolean anyCase, int[] ranges, int at) {
        int last = literals.length - 1;
        byte[] first = literals[0];
        if (last == 0) {
            return to - from == first.length && isAt(b, from, first, anyCase);
        }
        int start = from + first.length;
        int end = to - literals[last].length;
        if (start >= end || !isAt(b, from, first, anyCase) || !isAt(b, end, literals[last], anyCase)) {
            return false;
        }
        for (int i = last; i > 0; i--) {
            int begin = i == 1 ? start : behindLast(b, start + 1, end - 1, literals[i - 1], anyCase);
            if (begin < 0 || !isCapturable(b, begin, end)) {
                return false;
            }
            ranges[at + 2 * i - 2] = begin;
            ranges[at + 2 * i - 1] = end;
            end = begin - (i == 1 ? 0 : literals[i - 1].length);
        }
        return true;
    }

    /** The end of the last place of a literal in {@code [from, to)}, or -1. */
    private static int behindLast(byte[] b, int from, int to, byte[] literal, boolean anyCase) {
        for (int i = to - literal.length; i >= from; i--) {
            if (isAt(b, i, literal, anyCase)) {
                return i + literal.length;
            }
        }
        return -1;
    }

    private static boolean isAt(byte[] b, int from, byte[] literal, boolean anyCase) {
        for (int i = 0; i < literal.length; i++) {
            byte c = b[from + i];
            if ((anyCase ? Names.LOWER[c & 0xff] : c) != literal[i]) {
                return false;
            }
        }
        return true;
    }

    /** Dots alone are no name: put into another path they would lead elsewhere. */
    private static boolean isCapturable(byte[] b, int from, int to) {
        boolean dotsAlone = true;
        for (int i = from; i < to; i++) {
            if (!CAPTURABLE[b[i] & 0xff]) {
                return false;
            }
            dotsAlone &= b[i] == '.';
        }
        return !dotsAlone;
    }
}
