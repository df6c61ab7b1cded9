package io.weir.http;

import java.nio.charset.StandardCharsets;

/**
 * Leads paths in responses to rewritten requests back to where clients find them: {@code Location}, if it is a path or a URL with the
 * request's own host, and {@code Path} of cookies that are for this host alone. The front that the worker saw is replaced by the prefix that
 * the client sent.
 *
 * <p>A path that has the prefix already is left, since many frameworks put {@code X-Forwarded-Prefix} there by themselves, and one without
 * the front is left, since this route leads nothing there.
 */
public final class MendedPaths implements Step.Edit {
    private static final byte[] LOCATION = ascii("Location: ");
    private static final byte[] SET_COOKIE = ascii("Set-Cookie: ");
    private static final byte[] OUTER_PREFIX = ascii("x-forwarded-prefix");
    private static final byte[] PATH = ascii("path");
    private static final byte[] DOMAIN = ascii("domain");
    private static final byte[] HOST_COOKIE = ascii("__host-");
    private static final byte[] HTTP = ascii("http://");
    private static final byte[] HTTPS = ascii("https://");

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void response(RequestHead request, ResponseHead head, HeadWriter added) {
        if (!request.isRewritten()) {
            return;
        }
        for (int i = 0, n = head.fieldCount(); i < n; i++) {
            int id = head.id(i);
            if ((id == FieldName.LOCATION || id == FieldName.SET_COOKIE) && !head.isCut(i)) {
                int at = id == FieldName.LOCATION ? locationPath(request, head, i) : cookiePath(request, head, i);
                if (at >= 0) {
                    mend(request, head, i, at, added);
                }
            }
        }
    }

    /** Where the path of a location begins that is on the request's own host, or -1. */
    private static int locationPath(RequestHead request, ResponseHead head, int field) {
        byte[] b = head.bytes;
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        if (from < to && b[from] == '/') {
            return from + 1 < to && (b[from + 1] == '/' || b[from + 1] == '\\') ? -1 : from; // "//" names another host, and browsers read \ as /
        }
        int authority = startsWith(b, from, to, HTTPS) ? from + HTTPS.length : startsWith(b, from, to, HTTP) ? from + HTTP.length : -1;
        int length = request.authorityEnd() - request.authorityStart();
        if (authority < 0 || length == 0 || to - authority <= length || b[authority + length] != '/') {
            return -1;
        }
        return same(b, authority, request.bytes, request.authorityStart(), length) ? authority + length : -1;
    }

    /** Where the path of a cookie begins that is for the request's own host alone, or -1. The last attribute of a name counts (RFC 6265, 5.3). */
    private static int cookiePath(RequestHead request, ResponseHead head, int field) {
        byte[] b = head.bytes;
        int to = head.valueEnd(field);
        int i = head.valueStart(field);
        if (startsWith(b, i, to, HOST_COOKIE)) {
            return -1; // it must have the path / to be one at all
        }
        int path = -1;
        boolean own = true;
        while (i < to) {
            while (i < to && b[i] != ';') {
                i++;
            }
            i = skipSpace(b, i + 1, to);
            int name = i;
            while (i < to && b[i] != ';' && b[i] != '=') {
                i++;
            }
            int nameEnd = trimmed(b, name, i);
            if (i < to && b[i] == '=') {
                int value = skipSpace(b, i + 1, to);
                if (Bytes.equalsIgnoreCase(b, name, nameEnd, PATH)) {
                    path = value < to && b[value] == '/' ? value : -1;
                } else if (Bytes.equalsIgnoreCase(b, name, nameEnd, DOMAIN)) {
                    own = isOwnHost(request, b, value, attributeEnd(b, value, to));
                }
            }
        }
        return own ? path : -1;
    }

    private static boolean isOwnHost(RequestHead request, byte[] b, int from, int to) {
        int start = from < to && b[from] == '.' ? from + 1 : from;
        int length = request.hostEnd() - request.authorityStart();
        return to - start == length && same(b, start, request.bytes, request.authorityStart(), length);
    }

    private static void mend(RequestHead request, ResponseHead head, int field, int at, HeadWriter added) {
        byte[] b = head.bytes;
        int to = head.valueEnd(field);
        boolean cookie = head.id(field) == FieldName.SET_COOKIE;
        int end = cookie ? attributeEnd(b, at, to) : pathEnd(b, at, to);
        int prefix = request.pathStart();
        int prefixEnd = request.prefixEnd();
        byte[] front = request.front();
        int frontLength = front[front.length - 1] == '/' ? front.length - 1 : front.length;
        boolean hasPrefix = prefixEnd > prefix && isUnder(b, at, end, request.bytes, prefix, prefixEnd - prefix);
        if (hasPrefix || hasOuterPrefix(request, b, at, end) || !isUnder(b, at, end, front, 0, frontLength)) {
            return;
        }
        int rest = at + frontLength;
        if (cookie && end - rest == 1 && prefixEnd > prefix) {
            rest = end; // the path /orders/ is not that of /orders
        }
        head.cut(field);
        added.literal(cookie ? SET_COOKIE : LOCATION).copy(b, head.valueStart(field), at).copy(request.bytes, prefix, prefixEnd);
        if (prefixEnd == prefix && rest == end) {
            added.copy(front, 0, 1);
        }
        int from = rest;
        while (prefixEnd == prefix && from + 1 < end && b[from] == '/' && b[from + 1] == '/') {
            from++;
        }
        added.copy(b, from, to).endOfLine();
    }

    /** Whether it begins with the prefix that a trusted proxy has cut before us: then whoever put it there knows ours too. */
    private static boolean hasOuterPrefix(RequestHead request, byte[] b, int from, int to) {
        int field = request.find(OUTER_PREFIX, 0);
        if (field < 0) {
            return false;
        }
        int start = request.valueStart(field);
        int end = request.valueEnd(field);
        int length = end > start && request.bytes[end - 1] == '/' ? end - start - 1 : end - start;
        return length > 0 && isUnder(b, from, to, request.bytes, start, length);
    }

    /** Whether the path {@code b[from, to)} is the given one or goes on with a slash behind it. */
    private static boolean isUnder(byte[] b, int from, int to, byte[] path, int start, int length) {
        if (to - from < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (b[from + i] != path[start + i]) {
                return false;
            }
        }
        return from + length == to || b[from + length] == '/';
    }

    private static int pathEnd(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] != '?' && b[i] != '#') {
            i++;
        }
        return i;
    }

    private static int attributeEnd(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] != ';') {
            i++;
        }
        return trimmed(b, from, i);
    }

    private static int trimmed(byte[] b, int from, int to) {
        int i = to;
        while (i > from && (b[i - 1] == ' ' || b[i - 1] == '\t')) {
            i--;
        }
        return i;
    }

    private static int skipSpace(byte[] b, int from, int to) {
        int i = from;
        while (i < to && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        return i;
    }

    private static boolean startsWith(byte[] b, int from, int to, byte[] lower) {
        return to - from >= lower.length && same(b, from, lower, 0, lower.length);
    }

    private static boolean same(byte[] a, int aFrom, byte[] b, int bFrom, int length) {
        for (int i = 0; i < length; i++) {
            if (lower(a[aFrom + i]) != lower(b[bFrom + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte c) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
}
