package io.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one HTTP/2 header block as HPACK gives them, checked (RFC 9113, 8.1 to 8.3) and written as the lines of HTTP/1.1, so that
 * one strict parser reads the heads of both and no rule of a head is there twice. What could mean two things as lines (CR, LF, NUL, a colon
 * or blank in a name, a blank in the method) never becomes one.
 *
 * <p>One per event loop, used again for each block; no field of it outlives that.
 */
public final class Http2Fields extends DefaultHttp2Headers {
    /** What a name of HTTP/2 consists of: the characters of a token, but no capitals. */
    private static final boolean[] NAME = new boolean[256];

    private static final int ONE_HOP_IDS =
            1 << FieldName.CONNECTION | 1 << FieldName.KEEP_ALIVE | 1 << FieldName.PROXY_CONNECTION | 1 << FieldName.UPGRADE
                    | 1 << FieldName.TRANSFER_ENCODING;

    private static final byte[] GET = ascii("GET");
    private static final byte[] KEY = ascii("sec-websocket-key: ");
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] HOST = ascii("host: ");
    private static final byte[] COOKIE = ascii("cookie: ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final byte[] STATUS_LINE = ascii("HTTP/1.1 ");
    private static final byte[] NO_BODY = ascii("content-length: 0\r\n");
    private static final int STATUS_DIGITS = 3;
    private static final AsciiString STATUS_PSEUDO = AsciiString.cached(":status");
    private static final AsciiString METHOD_PSEUDO = AsciiString.cached(":method");
    private static final AsciiString SCHEME_PSEUDO = AsciiString.cached(":scheme");
    private static final AsciiString AUTHORITY_PSEUDO = AsciiString.cached(":authority");
    private static final AsciiString PATH_PSEUDO = AsciiString.cached(":path");
    private static final AsciiString PROTOCOL_PSEUDO = AsciiString.cached(":protocol");
    private static final AsciiString COOKIE_NAME = AsciiString.cached("cookie");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
    private static final AsciiString WEBSOCKET_KEY = AsciiString.cached("sec-websocket-key");
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString OPTIONS = AsciiString.cached("OPTIONS");

    static {
        for (int c = 0; c < NAME.length; c++) {
            NAME[c] = FieldName.TOKEN[c] != 0 && (c < 'A' || c > 'Z');
        }
    }

    private AsciiString[] names = new AsciiString[32];
    private AsciiString[] values = new AsciiString[32];
    private int count;

    private @Nullable AsciiString method;
    private @Nullable AsciiString scheme;
    private @Nullable AsciiString authority;
    private @Nullable AsciiString path;
    /** What a CONNECT is to become a tunnel for (RFC 8441), or null. */
    private @Nullable AsciiString protocol;
    private @Nullable AsciiString host;
    /** Fields from here on are no pseudo-fields. */
    private int regular;

    private int cookies;
    private boolean hasLength;

    public Http2Fields() {
        super(false);
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** Makes it empty, for the next block. */
    public Http2Fields begin() {
        if (count > 0) {
            Arrays.fill(names, 0, count, AsciiString.EMPTY_STRING);
            Arrays.fill(values, 0, count, AsciiString.EMPTY_STRING);
        }
        count = regular = cookies = 0;
        hasLength = false;
        method = scheme = authority = path = protocol = host = null;
        return this;
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        if (count == names.length) {
            names = Arrays.copyOf(names, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
        }
        names[count] = AsciiString.of(name);
        values[count] = AsciiString.of(value);
        count++;
        return this;
    }

    @Override
    public int size() {
        return count;
    }

    /**
     * Appends them to {@code out} as the head of an HTTP/1.1 request. A CONNECT for a WebSocket (RFC 8441) becomes a GET that asks for an upgrade,
     * with a key, since HTTP/2 has none.
     *
     * @param bodyFollows whether the stream goes on behind the block; a body without Content-Length is then said to be in chunks
     * @param keys where the keys of WebSockets come from; null if the client does not know that it may ask for one
     * @return false if the request is malformed as RFC 9113, 8.1.1, has it; {@code out} is then not to be used
     */
    public boolean writeRequest(ByteBuf out, boolean bodyFollows, @Nullable RandomGenerator keys) {
        if (!readPseudoFields() || !readFields()) {
            return false;
        }
        AsciiString verb = method;
        AsciiString asked = authority;
        AsciiString named = host;
        if (verb == null || !isToken(verb) || (asked != null && named != null && !asked.contentEqualsIgnoreCase(named))) {
            return false;
        }
        AsciiString to = target(verb);
        boolean tunnel = protocol != null;
        if (to == null || (tunnel && (keys == null || hasLength || !verb.contentEquals(CONNECT)))) {
            return false;
        }
        byte[] key = tunnel && keys != null && !asksUnknownProtocol() ? WebSocketHandshake.key(keys) : null;
        (key != null ? out.writeBytes(GET) : put(out, verb)).writeByte(' ');
        put(out, to).writeBytes(VERSION);
        AsciiString from = asked == null ? named : asked;
        if (from != null) {
            put(out.writeBytes(HOST), from).writeShort('\r' << 8 | '\n');
        }
        writeFields(out);
        if (key != null) {
            out.writeBytes(WebSocketHandshake.UPGRADE_LINES);
            out.writeBytes(KEY).writeBytes(key).writeShort('\r' << 8 | '\n');
        } else if (bodyFollows && !hasLength && !tunnel) {
            out.writeBytes(CHUNKED);
        }
        out.writeShort('\r' << 8 | '\n');
        return true;
    }

    /**
     * Appends them to {@code out} as the head of an HTTP/1.1 response.
     *
     * @param bodyFollows whether the stream goes on behind the block; a body without Content-Length is then said to be in chunks
     * @param mayLackBody whether it is the answer to a request whose answers have none: then nothing is said of one
     * @return false if the response is malformed as RFC 9113, 8.1.1, has it; {@code out} is then not to be used
     */
    public boolean writeResponse(ByteBuf out, boolean bodyFollows, boolean mayLackBody) {
        if (count == 0 || !names[0].contentEquals(STATUS_PSEUDO) || !isStatus(values[0])) {
            return false;
        }
        regular = 1; // a second pseudo-field is no name
        if (!readFields() || host != null) {
            return false;
        }
        char first = values[0].charAt(0);
        put(out.writeBytes(STATUS_LINE), values[0]).writeByte(' ').writeShort('\r' << 8 | '\n');
        writeFields(out);
        if (!hasLength && first != '1') {
            if (bodyFollows) {
                out.writeBytes(CHUNKED);
            } else if (!mayLackBody && !values[0].contentEquals("204") && !values[0].contentEquals("304")) {
                out.writeBytes(NO_BODY);
            }
        }
        out.writeShort('\r' << 8 | '\n');
        return true;
    }

    private static boolean isStatus(AsciiString value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.byteAt(i) < '0' || value.byteAt(i) > '9') {
                return false;
            }
        }
        return value.length() == STATUS_DIGITS && !value.contentEquals("101"); // RFC 9113, 8.6
    }

    /** Whether it is a CONNECT for a protocol that is not spoken here. */
    public boolean asksUnknownProtocol() {
        return protocol != null && !protocol.contentEqualsIgnoreCase(WEBSOCKET);
    }

    /** What the request asks for, or null if its pseudo-fields don't fit together. */
    private @Nullable AsciiString target(AsciiString verb) {
        AsciiString to = path;
        if (protocol == null && verb.contentEquals(CONNECT)) {
            return scheme == null && to == null ? authority : null;
        }
        if (to == null || to.isEmpty() || scheme == null || !isWebScheme(scheme)) {
            return null;
        }
        boolean forServer = to.length() == 1 && to.byteAt(0) == '*' && verb.contentEquals(OPTIONS);
        return to.byteAt(0) == '/' || forServer ? to : null;
    }

    private static boolean isWebScheme(AsciiString scheme) {
        return scheme.contentEqualsIgnoreCase("http") || scheme.contentEqualsIgnoreCase("https");
    }

    private boolean readPseudoFields() {
        int i = 0;
        for (; i < count && isPseudo(names[i]); i++) {
            AsciiString name = names[i];
            AsciiString value = values[i];
            if (!isClean(value)) {
                return false;
            }
            boolean first;
            if (name.contentEquals(METHOD_PSEUDO)) {
                first = method == null;
                method = value;
            } else if (name.contentEquals(PATH_PSEUDO)) {
                first = path == null;
                path = value;
            } else if (name.contentEquals(SCHEME_PSEUDO)) {
                first = scheme == null;
                scheme = value;
            } else if (name.contentEquals(AUTHORITY_PSEUDO)) {
                first = authority == null;
                authority = value;
            } else if (name.contentEquals(PROTOCOL_PSEUDO)) {
                first = protocol == null;
                protocol = value;
            } else {
                return false;
            }
            if (!first) {
                return false;
            }
        }
        regular = i;
        return true;
    }

    private boolean readFields() {
        for (int i = regular; i < count; i++) {
            AsciiString name = names[i];
            AsciiString value = values[i];
            if (!isName(name) || !isClean(value)) {
                return false;
            }
            int id = FieldName.of(name.array(), name.arrayOffset(), name.arrayOffset() + name.length());
            switch (id) {
                case FieldName.HOST -> {
                    if (host != null) {
                        return false;
                    }
                    host = value;
                }
                case FieldName.CONTENT_LENGTH -> hasLength = true;
                case FieldName.TE -> {
                    if (!value.contentEqualsIgnoreCase(TRAILERS)) {
                        return false;
                    }
                }
                default -> {
                    if ((ONE_HOP_IDS >>> id & 1) != 0) {
                        return false;
                    }
                    if (id == FieldName.OTHER && name.contentEquals(COOKIE_NAME)) {
                        cookies++;
                    }
                }
            }
        }
        return true;
    }

    private void writeFields(ByteBuf out) {
        boolean joinsCookies = cookies > 1;
        for (int i = regular; i < count; i++) {
            AsciiString name = names[i];
            boolean left = name.contentEquals("host")
                    || (joinsCookies && name.contentEquals(COOKIE_NAME))
                    || (protocol != null && name.contentEquals(WEBSOCKET_KEY)); // means nothing here, and there is one
            if (!left) {
                put(out, name).writeShort(':' << 8 | ' ');
                put(out, values[i]).writeShort('\r' << 8 | '\n');
            }
        }
        if (joinsCookies) {
            writeCookies(out);
        }
    }

    /** As one field, since HTTP/1.1 has no other way (RFC 9113, 8.2.3). */
    private void writeCookies(ByteBuf out) {
        out.writeBytes(COOKIE);
        int written = 0;
        for (int i = regular; i < count; i++) {
            if (names[i].contentEquals(COOKIE_NAME)) {
                if (written++ > 0) {
                    out.writeShort(';' << 8 | ' ');
                }
                put(out, values[i]);
            }
        }
        out.writeShort('\r' << 8 | '\n');
    }

    /**
     * Reads them as the trailers of a request.
     *
     * @return the lines that pass, in {@code trailers}; false if they are malformed
     */
    public boolean readTrailers(Http2Trailers trailers) {
        TrailerSection section = new TrailerSection();
        for (int i = 0; i < count; i++) {
            AsciiString name = names[i];
            AsciiString value = values[i];
            if (!isName(name) || !isClean(value)) {
                return false;
            }
            int id = FieldName.of(name.array(), name.arrayOffset(), name.arrayOffset() + name.length());
            if ((ONE_HOP_IDS >>> id & 1) != 0 || !add(section, name) || section.add((byte) ':') != null || !add(section, value)) {
                return false;
            }
            if (section.endLine() != null) {
                return false;
            }
        }
        trailers.lines = section.lines();
        return true;
    }

    private static boolean add(TrailerSection section, AsciiString s) {
        for (int i = 0; i < s.length(); i++) {
            if (section.add(s.byteAt(i)) != null) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPseudo(AsciiString name) {
        return !name.isEmpty() && name.byteAt(0) == ':';
    }

    private static boolean isName(AsciiString name) {
        byte[] b = name.array();
        int from = name.arrayOffset();
        int to = from + name.length();
        for (int i = from; i < to; i++) {
            if (!NAME[b[i] & 0xff]) {
                return false;
            }
        }
        return to > from;
    }

    private static boolean isToken(AsciiString s) {
        for (int i = 0; i < s.length(); i++) {
            if (FieldName.TOKEN[s.byteAt(i) & 0xff] == 0) {
                return false;
            }
        }
        return !s.isEmpty();
    }

    /** Whether a value holds no line's end and no NUL, and neither begins nor ends with a blank (RFC 9113, 8.2.1). */
    private static boolean isClean(AsciiString value) {
        byte[] b = value.array();
        int from = value.arrayOffset();
        int to = from + value.length();
        for (int i = from; i < to; i++) {
            byte c = b[i];
            if (c == '\r' || c == '\n' || c == 0) {
                return false;
            }
        }
        return from == to || (!isBlank(b[from]) && !isBlank(b[to - 1]));
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    private static ByteBuf put(ByteBuf out, AsciiString s) {
        return out.writeBytes(s.array(), s.arrayOffset(), s.length());
    }
}
