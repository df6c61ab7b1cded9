package io.weir.http;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
    private boolean http2;
    private boolean tunnel;
    boolean asksWebSocket;
    int hops;
    /** What goes on instead of the path up to {@link #prefixEnd}, or null if the path goes on as it is. */
    private byte @Nullable [] front;

    private int prefixEnd;

    @Override
    public void reset() {
        super.reset();
        method = Method.OTHER;
        methodEnd = path = pathEnd = query = targetEnd = targetAuthority = targetAuthorityEnd = authority = authorityEnd = hostEnd = hops = 0;
        prefixEnd = 0;
        front = null;
        plainTarget = hostSeen = expectsContinue = teTrailers = asksWebSocket = http2 = tunnel = false;
    }

    /** It came by HTTP/2, and its lines were made of what stood there. */
    public void cameByHttp2() {
        http2 = true;
    }

    public boolean isHttp2() {
        return http2;
    }

    /**
     * Makes an empty head stand for a connection of a client that speaks no HTTP, to the root of {@code host}; without a host if that one is
     * empty or malformed.
     */
    public void tunnelTo(byte[] host) {
        tunnel = true;
        method = Method.CONNECT;
        if (host.length < bytes.length && Authority.parse(host, 0, host.length) >= 0) {
            System.arraycopy(host, 0, bytes, 0, host.length);
            bytes[host.length] = '/';
            authorityEnd = hostEnd = path = host.length;
            pathEnd = query = targetEnd = length = path + 1;
        }
    }

    /** Whether it stands for a connection that speaks no HTTP: it has a host and a path for those who route, and is never sent. */
    public boolean isTunnel() {
        return tunnel;
    }

    public Method method() {
        return method;
    }

    public String methodText() {
        return text(startLine, methodEnd);
    }

    /** The method is {@code [methodStart, methodEnd)}; empty if the head was refused before it was read. */
    public int methodStart() {
        return startLine;
    }

    public int methodEnd() {
        return methodEnd;
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

    /** Whether it has a Host; HTTP/1.0 need not. */
    public boolean hasHost() {
        return authorityEnd > authority;
    }

    /** Lets the request go on without its Host; {@link #authorityStart} and the rest still say what it was. */
    public void cutHost() {
        int field = find(FieldName.HOST);
        if (field >= 0) {
            cut(field);
        }
    }

    /** Whether its host, without port, case and a final dot, is this one. {@code lower}: in lower case. */
    public boolean isForHost(byte[] lower) {
        int end = hostEnd > authority && bytes[hostEnd - 1] == '.' ? hostEnd - 1 : hostEnd;
        return Bytes.equalsIgnoreCase(bytes, authority, end, lower);
    }

    /** The host without port is {@code [authorityStart, hostEnd)}. */
    public int hostEnd() {
        return hostEnd;
    }

    /** Whether the client waits for 100 (Continue) before it sends the body. */
    public boolean expectsContinue() {
        return expectsContinue && !isHttp10(); // RFC 9110, 10.1.1
    }

    /** Whether it is a well-formed wish for a WebSocket: if a worker grants it, both directions are bytes from then on. */
    public boolean asksWebSocket() {
        return asksWebSocket;
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

    /** Where the query begins, with its question mark; {@link #targetEnd} is where it ends. */
    public int queryStart() {
        return query;
    }

    public int targetEnd() {
        return targetEnd;
    }

    /** Whether it is {@code OPTIONS *}, which asks about the server and not about a path (RFC 9110, 9.3.7). */
    public boolean isForServer() {
        return pathEnd - path == 1 && bytes[path] == '*';
    }

    /**
     * Lets the path go on with {@code newFront} instead of what ends at {@code end}, which is at a slash or at the path's end. What follows
     * begins with that slash or is empty, so a final slash of {@code newFront} is left out before it; and no path begins with {@code //},
     * which could be read as an authority.
     */
    public void rewrite(byte[] newFront, int end) {
        front = newFront;
        prefixEnd = end;
    }

    public boolean isRewritten() {
        return front != null;
    }

    /** What goes on instead of {@code [pathStart, prefixEnd)}; only if it {@linkplain #isRewritten is rewritten}. */
    byte[] front() {
        return Objects.requireNonNull(front);
    }

    int prefixEnd() {
        return prefixEnd;
    }

    /** Path and query as they go on. */
    public String target() {
        HeadWriter out = new HeadWriter(pathEnd - path + 64);
        writePath(out);
        return out.copy(bytes, query, targetEnd).toString();
    }

    private void writePath(HeadWriter out) {
        byte[] instead = front;
        if (instead == null) {
            out.copy(bytes, path, pathEnd);
        } else if (prefixEnd == pathEnd) {
            out.literal(instead);
        } else {
            int length = instead[instead.length - 1] == '/' ? instead.length - 1 : instead.length;
            int from = prefixEnd;
            while (length == 0 && from + 1 < pathEnd && bytes[from + 1] == '/') {
                from++;
            }
            out.copy(instead, 0, length).copy(bytes, from, pathEnd);
        }
    }

    @Override
    int writeStartLine(HeadWriter out) {
        if (plainTarget && front == null && bytes[targetEnd + 8] == '1') { // not for 1.0, nor for a 1.7 that we speak to as 1.1
            return startLine;
        }
        out.copy(bytes, startLine, methodEnd + 1);
        writePath(out);
        out.copy(bytes, query, targetEnd).literal(VERSION);
        return fieldsStart;
    }
}
