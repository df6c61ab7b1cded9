package io.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A header block in the making (RFC 7541): made straight from the bytes of an HTTP/1.1 head, without an object for each field. It uses
 * HPACK's static table alone, and neither its dynamic table nor Huffman's code: that table would have to keep copies of what passes for
 * each connection, and both cost more time than the bytes that they spare (nginx and HAProxy keep no table for responses either).
 *
 * <p>Netty's frame writer takes it for its headers; {@link HpackBlocks} writes what it holds.
 */
public final class HpackBlock extends DefaultHttp2Headers {
    private static final int LITERAL = 0;
    private static final int INDEXED = 0x80;
    private static final int AUTHORITY_NAME = 1;
    private static final int GET_INDEX = 2;
    private static final int POST_INDEX = 3;
    private static final int PATH_NAME = 4;
    private static final int HTTP_INDEX = 6;
    private static final int HTTPS_INDEX = 7;
    private static final byte[] GET = "GET".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] POST = "POST".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HOST = "host".getBytes(StandardCharsets.US_ASCII);
    private static final int NAME_PREFIX = 4;
    private static final int STRING_PREFIX = 7;
    private static final int STATUS_NAME = 8;
    /** The names of the static table from 15 on, as far as they occur in responses; the others are empty. */
    private static final int FIRST_NAME = 15;

    private static final String[] NAMES = {
        "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow",
        "authorization", "cache-control", "content-disposition", "content-encoding", "content-language", "content-length",
        "content-location", "content-range", "content-type", "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match",
        "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards",
        "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
        "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate"
    };

    private static final int SLOTS = 128;
    private static final byte[] INDEX_BY_SLOT = new byte[SLOTS];
    private static final byte[][] NAME_BYTES = new byte[FIRST_NAME + NAMES.length][];

    static {
        for (int i = 0; i < NAMES.length; i++) {
            byte[] name = NAMES[i].getBytes(StandardCharsets.US_ASCII);
            int index = FIRST_NAME + i;
            NAME_BYTES[index] = name;
            int slot = slot(name, 0, name.length);
            while (INDEX_BY_SLOT[slot] != 0) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            INDEX_BY_SLOT[slot] = (byte) index;
        }
    }

    private byte[] block = new byte[512];
    private int length;
    private AsciiString status = AsciiString.EMPTY_STRING;
    private int statusCode;

    public HpackBlock() {
        super(false);
    }

    /** Begins the head of a response. */
    public HpackBlock begin(int responseStatus) {
        length = 0;
        if (statusCode != responseStatus) {
            statusCode = responseStatus;
            status = AsciiString.of(Integer.toString(responseStatus));
        }
        int index =
                switch (responseStatus) {
                    case 200 -> 8;
                    case 204 -> 9;
                    case 206 -> 10;
                    case 304 -> 11;
                    case 400 -> 12;
                    case 404 -> 13;
                    case 500 -> 14;
                    default -> 0;
                };
        ensure(8);
        if (index > 0) {
            block[length++] = (byte) (0x80 | index);
        } else {
            integer(LITERAL, NAME_PREFIX, STATUS_NAME);
            string(status.array(), status.arrayOffset(), status.arrayOffset() + status.length());
        }
        return this;
    }

    /**
     * Makes the head of a request of its lines as HTTP/1.1 has them. What frames a body there, and what concerns a connection, is left out;
     * Host becomes the authority.
     *
     * @param lines the request line and all fields, without the empty line
     */
    public HpackBlock request(HeadWriter lines, boolean overTls) {
        length = 0;
        status = AsciiString.EMPTY_STRING;
        statusCode = 0;
        byte[] b = lines.bytes();
        int end = lines.length();
        int method = 0;
        while (b[method] != ' ') {
            method++;
        }
        int target = method + 1;
        int targetEnd = target;
        while (b[targetEnd] != ' ') {
            targetEnd++;
        }
        ensure(8);
        if (Arrays.equals(b, 0, method, GET, 0, GET.length)) {
            block[length++] = (byte) (INDEXED | GET_INDEX);
        } else if (Arrays.equals(b, 0, method, POST, 0, POST.length)) {
            block[length++] = (byte) (INDEXED | POST_INDEX);
        } else {
            integer(LITERAL, NAME_PREFIX, GET_INDEX);
            string(b, 0, method);
        }
        ensure(8);
        block[length++] = (byte) (INDEXED | (overTls ? HTTPS_INDEX : HTTP_INDEX));
        integer(LITERAL, NAME_PREFIX, PATH_NAME);
        string(b, target, targetEnd);
        int fields = targetEnd;
        while (b[fields++] != '\n') {
            // up to the first field
        }
        authority(b, fields, end);
        return requestFields(b, fields, end);
    }

    private void authority(byte[] b, int from, int to) {
        for (int at = from; at < to; at = nextLine(b, at)) {
            int colon = colon(b, at);
            if (isAt(b, at, colon, HOST)) {
                int value = value(b, colon);
                ensure(8);
                integer(LITERAL, NAME_PREFIX, AUTHORITY_NAME);
                string(b, value, lineEnd(b, value));
                return;
            }
        }
    }

    private HpackBlock requestFields(byte[] b, int from, int to) {
        for (int at = from; at < to; at = nextLine(b, at)) {
            int colon = colon(b, at);
            int id = FieldName.of(b, at, colon);
            if (id != FieldName.HOST && id != FieldName.TRANSFER_ENCODING && id != FieldName.CONNECTION) {
                int value = value(b, colon);
                field(b, at, colon, value, lineEnd(b, value));
            }
        }
        return this;
    }

    private static int colon(byte[] b, int from) {
        int at = from;
        while (b[at] != ':') {
            at++;
        }
        return at;
    }

    private static int value(byte[] b, int colon) {
        int at = colon + 1;
        while (b[at] == ' ' || b[at] == '\t') {
            at++;
        }
        return at;
    }

    /** Where the value ends that begins there, without blanks. */
    private static int lineEnd(byte[] b, int from) {
        int at = from;
        while (b[at] != '\r') {
            at++;
        }
        while (at > from && (b[at - 1] == ' ' || b[at - 1] == '\t')) {
            at--;
        }
        return at;
    }

    private static int nextLine(byte[] b, int from) {
        int at = from;
        while (b[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private static boolean isAt(byte[] b, int from, int to, byte[] lower) {
        return to - from == lower.length && isAt(b, from, lower);
    }

    /** Begins trailers. */
    public HpackBlock beginTrailers() {
        length = 0;
        return this;
    }

    /** Netty asks for it, to tell an interim response. */
    @Override
    public CharSequence status() {
        return status;
    }

    /** Appends the fields of a head that are not cut. */
    public HpackBlock fields(Head head) {
        for (int i = 0, n = head.fieldCount(); i < n; i++) {
            if (!head.isCut(i)) {
                field(head.bytes, head.nameStart(i), head.nameEnd(i), head.valueStart(i), head.valueEnd(i));
            }
        }
        return this;
    }

    /** Appends the field lines that a writer holds. */
    public HpackBlock lines(HeadWriter lines) {
        return lines(lines.bytes(), lines.length());
    }

    /** Appends clean field lines, {@code Name: value} with their CR LF, up to {@code to}. */
    public HpackBlock lines(byte[] b, int to) {
        int at = 0;
        while (at < to) {
            int colon = at;
            while (b[colon] != ':') {
                colon++;
            }
            int value = colon + 1;
            while (b[value] == ' ') {
                value++;
            }
            int end = value;
            while (b[end] != '\r') {
                end++;
            }
            field(b, at, colon, value, end);
            at = end + 2;
        }
        return this;
    }

    private void field(byte[] b, int name, int nameEnd, int value, int valueEnd) {
        ensure(nameEnd - name + valueEnd - value + 16);
        int index = index(b, name, nameEnd);
        integer(LITERAL, NAME_PREFIX, index);
        if (index == 0) {
            integer(0, STRING_PREFIX, nameEnd - name);
            for (int i = name; i < nameEnd; i++) {
                block[length++] = FieldName.TOKEN[b[i] & 0xff]; // in lower case
            }
        }
        string(b, value, valueEnd);
    }

    private static int index(byte[] b, int from, int to) {
        int slot = slot(b, from, to);
        for (int index; (index = INDEX_BY_SLOT[slot]) != 0; slot = (slot + 1) & (SLOTS - 1)) {
            byte[] name = NAME_BYTES[index];
            if (name.length == to - from && isAt(b, from, name)) {
                return index;
            }
        }
        return 0;
    }

    private static boolean isAt(byte[] b, int from, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            if (FieldName.TOKEN[b[from + i] & 0xff] != lower[i]) {
                return false;
            }
        }
        return true;
    }

    /** By length, first and last character, which tell the names of the table apart well enough. */
    private static int slot(byte[] b, int from, int to) {
        int first = FieldName.TOKEN[b[from] & 0xff];
        int last = FieldName.TOKEN[b[to - 1] & 0xff];
        return (first * 31 + last * 7 + (to - from) * 13) & (SLOTS - 1);
    }

    private void string(byte[] b, int from, int to) {
        ensure(to - from + 8);
        integer(0, STRING_PREFIX, to - from);
        System.arraycopy(b, from, block, length, to - from);
        length += to - from;
    }

    /** RFC 7541, 5.1; there must be room for it. */
    private void integer(int pattern, int prefix, int n) {
        int most = (1 << prefix) - 1;
        if (n < most) {
            block[length++] = (byte) (pattern | n);
            return;
        }
        block[length++] = (byte) (pattern | most);
        int left = n - most;
        while (left >= 128) {
            block[length++] = (byte) (left | 128);
            left >>>= 7;
        }
        block[length++] = (byte) left;
    }

    private void ensure(int more) {
        if (block.length - length < more) {
            block = Arrays.copyOf(block, Math.max(2 * block.length, length + more));
        }
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(block, 0, length);
        if (block.length > 65536) {
            block = new byte[512];
        }
    }
}
