package io.weir.http;

/**
 * Brings a path into the one form that rules are matched against and that workers receive (RFC 3986, 6.2.2), so that nobody behind us finds
 * another path in it than we did:
 *
 * <ul>
 *   <li>an escaped unreserved character (letter, digit, {@code - . _ ~}) is decoded; every other escape is kept as it came, {@code %2f} too
 *   <li>then {@code .} and {@code ..} segments are removed (5.2.4); above the root is a fault
 *   <li>empty segments are kept, but for those at the beginning: a path that begins with {@code //} can be read as an authority
 *   <li>an escape without two hexadecimal digits, {@code %00}, a backslash, control characters, space, {@code #} and {@code ?} are faults
 * </ul>
 *
 * <p>It is done once, never twice: {@code %252e} stays. What comes out comes out unchanged if it is put in again.
 */
final class PathNormaliser {
    private static final int NO_SLASH = -1;
    private static final int BAD_ESCAPE = -2;
    private static final int BAD_BYTE = -3;
    private static final int ABOVE_ROOT = -4;

    private PathNormaliser() {}

    /**
     * Writes the normal form of the path {@code src[from, to)}, which begins with a slash, into {@code dst} from {@code dstFrom} on. It is
     * never longer than the path, and may be written over it ({@code dst == src}, {@code dstFrom <= from}).
     *
     * @return where the normal form ends, or a negative number that {@link #fault} explains
     */
    static int normalise(byte[] src, int from, int to, byte[] dst, int dstFrom) {
        if (from >= to || src[from] != '/') {
            return NO_SLASH;
        }
        int root = dstFrom + 1;
        dst[dstFrom] = '/';
        int out = root;
        int segment = root;
        for (int i = from + 1; i < to; i++) {
            byte b = src[i];
            if (b == '/') {
                segment = endSegment(dst, root, segment, out);
                if (segment < 0) {
                    return segment;
                }
                if (segment > out) {
                    dst[out] = '/';
                }
                out = segment;
                continue;
            }
            if (b == '%') {
                int c = i + 2 < to ? Hex.value(src[i + 1]) << 4 | Hex.value(src[i + 2]) : -1;
                if (c <= 0) {
                    return BAD_ESCAPE;
                }
                if (isUnreserved(c)) {
                    dst[out++] = (byte) c;
                } else {
                    dst[out++] = b;
                    dst[out++] = src[i + 1];
                    dst[out++] = src[i + 2];
                }
                i += 2;
                continue;
            }
            if ((b >= 0 && b <= ' ') || b == 0x7f || b == '\\' || b == '#' || b == '?') {
                return BAD_BYTE;
            }
            dst[out++] = b;
        }
        // The last segment ends without a slash: "/a/." is "/a/", and "/a/.." is "/".
        return isDots(dst, segment, out) ? endSegment(dst, root, segment, out) : out;
    }

    /** The fault that a negative result stands for. */
    static BadMessage fault(int result) {
        return switch (result) {
            case NO_SLASH -> BadMessage.BAD_TARGET;
            case BAD_ESCAPE -> BadMessage.BAD_PATH_ESCAPE;
            case BAD_BYTE -> BadMessage.BAD_PATH_BYTE;
            case ABOVE_ROOT -> BadMessage.PATH_ABOVE_ROOT;
            default -> throw new IllegalArgumentException(Integer.toString(result));
        };
    }

    /**
     * Where the next segment begins once {@code [segment, out)} ended in a slash: {@code out + 1} with that slash, or further to the front
     * if the segment goes away; negative above the root.
     */
    private static int endSegment(byte[] dst, int root, int segment, int out) {
        if (!isDots(dst, segment, out)) {
            return out == root ? root : out + 1;
        }
        if (out - segment == 1) {
            return segment;
        }
        if (segment == root) {
            return ABOVE_ROOT;
        }
        int parent = segment - 1;
        while (dst[parent - 1] != '/') {
            parent--;
        }
        return parent;
    }

    private static boolean isDots(byte[] dst, int segment, int out) {
        int length = out - segment;
        return (length == 1 || length == 2) && dst[segment] == '.' && dst[out - 1] == '.';
    }

    private static boolean isUnreserved(int c) {
        int lower = c | 0x20;
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    }
}
