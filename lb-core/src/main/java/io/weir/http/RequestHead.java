package io.weir.http;

import java.nio.charset.StandardCharsets;

/** The head of a request. The path is in its normal form, in place; the query is as it came. */
public final class RequestHead extends Head {
    /** The methods that a proxy treats apart. */
    public enum Method {
        GET(true),
        HEAD(true),
        PUT(true),
        DELETE(true),
        OPTIONS(true),
        TRACE(true),
        POST(false),
        PATCH(false),
        CONNECT(false),
        OTHER(false);

        private final boolean idempotent;

        Method(boolean idempotent) {
            this.idempotent = idempotent;
        }

        /** Whether doing it twice is meant to be the same as once (RFC 9110, 9.2.2): such a request may be tried again. */
        public boolean idempotent() {
            return idempotent;
        }
    }

    private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);

    Method method = Method.OTHER;
    int methodEnd;
    /** The path in its normal form is {@code [path, pathEnd)}, the query with its question mark {@code [query, targetEnd)}. */
    int path;
    int pathEnd;
    int query;
    int targetEnd;
    /** Whether the start line goes on as it came. */
    boolean plainTarget;
    /** The authority inside an absolute-form target, or an empty range. */
    int targetAuthority;
    int targetAuthorityEnd;
    /** The value of Host, and the host in it without port; empty if there is none. */
    int authority;
    int authorityEnd;
    int hostEnd;
    boolean hostSeen;
    boolean expectsContinue;
    boolean teTrailers;
    int hops;

    @Override
    public void reset() {
        super.reset();
        method = Method.OTHER;
        methodEnd = path = pathEnd = query = targetEnd = targetAuthority = targetAuthorityEnd = authority = authorityEnd = hostEnd = hops = 0;
        plainTarget = hostSeen = expectsContinue = teTrailers = false;
    }

    public Method method() {
        return method;
    }

    public String methodText() {
        return text(startLine, methodEnd);
    }

    public int pathStart() {
        return path;
    }

    public int pathEnd() {
        return pathEnd;
    }

    /** Where Host's value (host and port) begins; {@link #authorityEnd} is where it ends. */
    public int authorityStart() {
        return authority;
    }

    public int authorityEnd() {
        return authorityEnd;
    }

    /** The host without port is {@code [authorityStart, hostEnd)}. */
    public int hostEnd() {
        return hostEnd;
    }

    /** Whether the client waits for 100 (Continue) before it sends the body. */
    public boolean expectsContinue() {
        return expectsContinue && !isHttp10(); // RFC 9110, 10.1.1
    }

    /** How often it has come through one of us, by its {@code Via}; known once {@link FieldRules} were applied. */
    public int hops() {
        return hops;
    }

    /** Whether the client understands trailers ({@code TE: trailers}). */
    public boolean acceptsTrailers() {
        return teTrailers;
    }

    /** Whether a body follows the head, be it empty. */
    public boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** Path and query as they go on. */
    public String target() {
        return text(path, pathEnd) + text(query, targetEnd);
    }

    @Override
    int writeStartLine(HeadWriter out) {
        if (plainTarget && bytes[targetEnd + 8] == '1') { // not for 1.0, nor for a 1.7 that we speak to as 1.1
            return startLine;
        }
        out.copy(bytes, startLine, methodEnd + 1).copy(bytes, path, pathEnd).copy(bytes, query, targetEnd).literal(VERSION);
        return fieldsStart;
    }
}
