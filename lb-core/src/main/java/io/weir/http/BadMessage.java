package io.weir.http;

/**
 * What is wrong with a message that we refuse to understand, one constant per fault (RFC 9112, RFC 9110). Ambiguous input is refused and
 * never repaired: a second parser behind us might repair it in another way.
 *
 * <p>For a request the fault carries the status that the client is answered with; a worker's bad response is always 502 to the client.
 */
public enum BadMessage {
    BAD_REQUEST_LINE(400, "the request line is not METHOD SP TARGET SP HTTP/1.x"),
    BAD_METHOD(400, "the method is not a token"),
    BAD_TARGET(400, "the request target is not a path, an http URL or *"),
    BAD_PATH_BYTE(400, "the path holds a byte that does not belong there (a backslash, a NUL, a fragment)"),
    BAD_PATH_ESCAPE(400, "the path holds a % that is not followed by two hexadecimal digits, or %00"),
    PATH_ABOVE_ROOT(400, "the path leads above the root"),
    BAD_VERSION(505, "only HTTP/1.0 and HTTP/1.1 are spoken here"),
    BAD_LINE_END(400, "a line does not end in CR LF, or a control character stands in it"),
    BAD_FIELD_NAME(400, "a field name is not a token directly followed by a colon"),
    FOLDED_FIELD(400, "a field line begins with white space (obsolete line folding)"),
    BAD_AUTHORITY(400, "Host or the target's authority is malformed"),
    MISSING_HOST(400, "HTTP/1.1 requests need a Host field"),
    REPEATED_HOST(400, "there is more than one Host field"),
    AUTHORITY_DIFFERS(400, "the target's authority and Host differ"),
    BAD_CONTENT_LENGTH(400, "Content-Length is not one decimal number"),
    REPEATED_CONTENT_LENGTH(400, "there is more than one Content-Length"),
    LENGTH_AND_CODING(400, "Content-Length and Transfer-Encoding exclude each other"),
    BAD_TRANSFER_CODING(400, "Transfer-Encoding must end in chunked, once"),
    CODING_IN_HTTP_1_0(400, "HTTP/1.0 has no Transfer-Encoding"),
    UNKNOWN_TRANSFER_CODING(501, "the only transfer coding spoken here is chunked"),
    TOO_MANY_OPTIONS(400, "Connection names too many options"),
    BAD_WEBSOCKET_KEY(400, "a WebSocket handshake needs one Sec-WebSocket-Key, of 16 bytes in base64"),
    BAD_WEBSOCKET_VERSION(400, "a WebSocket handshake needs one Sec-WebSocket-Version, which is 13 here"),
    UNKNOWN_WEBSOCKET_VERSION(426, "the version of WebSocket that is spoken here is 13"),
    UNKNOWN_PROTOCOL(501, "the only protocol that CONNECT opens a tunnel for is websocket"),
    LINE_TOO_LONG(414, "the request line is over the limit (limits.request-line)"),
    HEAD_TOO_LARGE(431, "the head is over the limit (limits.head)"),
    TOO_MANY_FIELDS(431, "there are more fields than the limit (limits.fields)"),
    BAD_STATUS_LINE(400, "the status line is not HTTP/1.x SP 3DIGIT"),
    UNASKED_SWITCH(400, "the worker switched protocols without being asked"),
    BAD_SWITCH(400, "the worker's 101 does not say Connection: Upgrade and Upgrade: websocket"),
    BAD_WEBSOCKET_ACCEPT(400, "the worker's Sec-WebSocket-Accept is not what the client's key demands"),
    TOO_MANY_INTERIM(400, "the worker sends one interim response (1xx) after the other"),
    BAD_CHUNK_SIZE(400, "a chunk does not begin with its size in hexadecimal digits"),
    CHUNK_TOO_LARGE(400, "a chunk's size does not fit"),
    CHUNK_LINE_TOO_LONG(400, "the chunk extensions are over the limit"),
    BAD_CHUNK_END(400, "a chunk's data is not followed by CR LF"),
    BAD_TRAILER(400, "a trailer line is malformed"),
    TRAILERS_TOO_LARGE(431, "the trailer section is over the limit");

    private final int status;
    private final String sentence;

    BadMessage(int status, String sentence) {
        this.status = status;
        this.sentence = sentence;
    }

    /** The status that a client is answered with when its request has this fault. */
    public int status() {
        return status;
    }

    /** What is wrong, as a clause without a final stop. */
    public String sentence() {
        return sentence;
    }
}
