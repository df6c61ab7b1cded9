package io.weir.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads request heads (RFC 9112, 2 and 3). The table of what is refused, and with which status, is {@link BadMessage}. */
public final class RequestParser extends HeadParser<RequestHead> {
    private static final byte[] SCHEME_HTTP = "http://".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SCHEME_HTTPS = "https://".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONTINUE = "100-continue".getBytes(StandardCharsets.US_ASCII);
    private static final long HTTP_1_DOT = littleEndian("HTTP/1.\0");
    private static final long GET_SLASH = littleEndian("GET /\0\0\0") & 0xffffffffffL;

    /** What a byte of the target means to us: 0 nothing, else one of the constants. */
    private static final byte[] TARGET = new byte[256];

    private static final byte FORBIDDEN = 1;
    private static final byte QUESTION = 2;
    private static final byte SLASH = 3;
    private static final byte LOOK = 4;

    static {
        for (int c = 0; c < 256; c++) {
            TARGET[c] = c <= ' ' || c >= 0x7f || c == '#' ? FORBIDDEN : 0;
        }
        TARGET['?'] = QUESTION;
        TARGET['/'] = SLASH;
        TARGET['%'] = LOOK;
        TARGET['\\'] = LOOK;
    }

    public RequestParser(HeadLimits limits) {
        super(limits);
    }

    private static long littleEndian(String eight) {
        return Bytes.longAt(eight.getBytes(StandardCharsets.US_ASCII), 0);
    }

    @Override
    @Nullable BadMessage startLine(RequestHead head, int start, int end) {
        byte[] b = head.bytes;
        int space = start;
        if ((Bytes.longAt(b, start) & 0xffffffffffL) == GET_SLASH) {
            space = start + 3;
            head.method = RequestHead.Method.GET;
        } else {
            while (FieldName.TOKEN[b[space] & 0xff] != 0) { // ends at the CR at the latest
                space++;
            }
            if (b[space] != ' ') {
                return space == end ? BadMessage.BAD_REQUEST_LINE : BadMessage.BAD_METHOD;
            }
            if (space == start) {
                return BadMessage.BAD_REQUEST_LINE;
            }
            head.method = method(b, start, space);
        }
        head.methodEnd = space;
        int target = space + 1;
        int targetEnd = end - 9;
        if (targetEnd <= target || b[targetEnd] != ' ') {
            return lineShapeFault(b, target, end);
        }
        int minor = b[end - 1] - '0';
        if ((Bytes.longAt(b, end - 8) & 0xffffffffffffffL) != HTTP_1_DOT || minor < 0 || minor > 9) {
            return BadMessage.BAD_VERSION;
        }
        head.minorVersion = Math.min(minor, 1);
        head.targetEnd = targetEnd;
        return target(head, target, targetEnd);
    }

    /** Why the line does not end in {@code " HTTP/1.x"}: two words are HTTP/0.9, a third word that begins like a version is another one. */
    private static BadMessage lineShapeFault(byte[] b, int target, int end) {
        int space = target;
        while (space < end && b[space] != ' ') {
            space++;
        }
        if (space == target) {
            return BadMessage.BAD_REQUEST_LINE;
        }
        boolean anotherSpace = false;
        for (int i = space + 1; i < end; i++) {
            anotherSpace |= b[i] == ' ';
        }
        return anotherSpace ? BadMessage.BAD_REQUEST_LINE : BadMessage.BAD_VERSION;
    }

    private static RequestHead.Method method(byte[] b, int from, int to) {
        return switch (to - from) {
            case 3 -> is(b, from, "GET") ? RequestHead.Method.GET : is(b, from, "PUT") ? RequestHead.Method.PUT : RequestHead.Method.OTHER;
            case 4 -> is(b, from, "POST") ? RequestHead.Method.POST : is(b, from, "HEAD") ? RequestHead.Method.HEAD : RequestHead.Method.OTHER;
            case 5 -> is(b, from, "PATCH") ? RequestHead.Method.PATCH : is(b, from, "TRACE") ? RequestHead.Method.TRACE : RequestHead.Method.OTHER;
            case 6 -> is(b, from, "DELETE") ? RequestHead.Method.DELETE : RequestHead.Method.OTHER;
            case 7 ->
                    is(b, from, "OPTIONS") ? RequestHead.Method.OPTIONS : is(b, from, "CONNECT") ? RequestHead.Method.CONNECT : RequestHead.Method.OTHER;
            default -> RequestHead.Method.OTHER;
        };
    }

    private static boolean is(byte[] b, int from, String method) {
        for (int i = 0; i < method.length(); i++) {
            if (b[from + i] != method.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable BadMessage target(RequestHead head, int from, int to) {
        byte[] b = head.bytes;
        if (head.method == RequestHead.Method.CONNECT) {
            head.path = head.pathEnd = head.query = to; // answered 405 whatever it asks for
            return null;
        }
        if (b[from] == '/') {
            head.plainTarget = true;
            return path(head, from, to);
        }
        if (b[from] == '*' && to - from == 1 && head.method == RequestHead.Method.OPTIONS) {
            head.plainTarget = true;
            head.path = from;
            head.pathEnd = head.query = to;
            return null;
        }
        int scheme = schemeLength(b, from, to);
        if (scheme == 0) {
            return BadMessage.BAD_TARGET;
        }
        int authorityEnd = from + scheme;
        while (authorityEnd < to && b[authorityEnd] != '/' && b[authorityEnd] != '?' && b[authorityEnd] != '#') {
            authorityEnd++;
        }
        head.targetAuthority = from + scheme;
        head.targetAuthorityEnd = authorityEnd;
        if (authorityEnd < to && b[authorityEnd] == '/') {
            return path(head, authorityEnd, to);
        }
        // No path: it is "/", or "*" for OPTIONS (RFC 9112, 3.2.4). The byte before the authority is the scheme's second slash.
        int at = head.targetAuthority - 1;
        if (head.method == RequestHead.Method.OPTIONS && authorityEnd == to) {
            b[at] = '*';
        }
        head.path = at;
        head.pathEnd = at + 1;
        head.query = authorityEnd;
        return queryFault(b, authorityEnd, to);
    }

    private static int schemeLength(byte[] b, int from, int to) {
        if (to - from > 7 && Bytes.equalsIgnoreCase(b, from, from + 7, SCHEME_HTTP)) {
            return 7;
        }
        return to - from > 8 && Bytes.equalsIgnoreCase(b, from, from + 8, SCHEME_HTTPS) ? 8 : 0;
    }

    private @Nullable BadMessage path(RequestHead head, int from, int to) {
        byte[] b = head.bytes;
        boolean look = false;
        int i = from;
        for (; i < to; i++) {
            byte kind = TARGET[b[i] & 0xff];
            if (kind != 0) {
                if (kind == SLASH) {
                    look |= b[i + 1] == '/' || b[i + 1] == '.';
                } else if (kind == LOOK) {
                    look = true;
                } else if (kind == QUESTION) {
                    break;
                } else {
                    return b[i] == ' ' ? BadMessage.BAD_REQUEST_LINE : BadMessage.BAD_PATH_BYTE;
                }
            }
        }
        head.path = from;
        head.pathEnd = head.query = i;
        BadMessage fault = queryFault(b, i, to);
        if (fault != null || !look) {
            return fault;
        }
        return normalise(head, from, i);
    }

    private static @Nullable BadMessage normalise(RequestHead head, int from, int to) {
        int end = PathNormaliser.normalise(head.bytes, from, to, head.bytes, from);
        if (end < 0) {
            return PathNormaliser.fault(end);
        }
        if (end != to) {
            head.plainTarget = false;
        }
        head.pathEnd = end;
        return null;
    }

    private static @Nullable BadMessage queryFault(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (TARGET[b[i] & 0xff] == FORBIDDEN) {
                return b[i] == ' ' ? BadMessage.BAD_REQUEST_LINE : BadMessage.BAD_PATH_BYTE;
            }
        }
        return null;
    }

    @Override
    @Nullable BadMessage known(RequestHead head, int id, int value, int valueEnd) {
        switch (id) {
            case FieldName.HOST -> {
                if (head.hostSeen) {
                    return BadMessage.REPEATED_HOST;
                }
                head.hostSeen = true;
                head.authority = value;
                head.authorityEnd = head.hostEnd = valueEnd;
                if (value == valueEnd) {
                    return BadMessage.BAD_AUTHORITY;
                }
                long parsed = Authority.parse(head.bytes, value, valueEnd);
                if (parsed < 0) {
                    return BadMessage.BAD_AUTHORITY;
                }
                head.hostEnd = Authority.hostEnd(parsed);
            }
            case FieldName.EXPECT -> head.expectsContinue = Bytes.equalsIgnoreCase(head.bytes, value, valueEnd, CONTINUE);
            default -> {}
        }
        return null;
    }

    @Override
    @Nullable BadMessage finish(RequestHead head) {
        BadMessage fault = Framing.finish(head);
        if (fault != null) {
            return fault;
        }
        if (!head.hostSeen && head.minorVersion > 0) {
            return BadMessage.MISSING_HOST;
        }
        if (head.targetAuthorityEnd > head.targetAuthority) {
            fault = absoluteFormFault(head);
            if (fault != null) {
                return fault;
            }
        } else if (head.targetAuthority > 0) {
            return BadMessage.BAD_AUTHORITY;
        }
        fault = ConnectionOptions.read(head);
        return fault == null && head.upgradeOption ? WebSocketHandshake.read(head) : fault;
    }

    private static @Nullable BadMessage absoluteFormFault(RequestHead head) {
        byte[] b = head.bytes;
        int from = head.targetAuthority;
        int to = head.targetAuthorityEnd;
        if (Authority.parse(b, from, to) < 0) {
            return BadMessage.BAD_AUTHORITY;
        }
        if (!head.hostSeen) {
            return BadMessage.MISSING_HOST;
        }
        int length = to - from;
        if (length != head.authorityEnd - head.authority) {
            return BadMessage.AUTHORITY_DIFFERS;
        }
        for (int i = 0; i < length; i++) {
            if (lower(b[from + i]) != lower(b[head.authority + i])) {
                return BadMessage.AUTHORITY_DIFFERS;
            }
        }
        return null;
    }

    private static int lower(int c) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }

    @Override
    BadMessage startLineFault() {
        return BadMessage.BAD_REQUEST_LINE;
    }

    @Override
    BadMessage startLineTooLong() {
        return BadMessage.LINE_TOO_LONG;
    }

    @Override
    boolean toleratesEmptyLine() {
        return true;
    }
}
