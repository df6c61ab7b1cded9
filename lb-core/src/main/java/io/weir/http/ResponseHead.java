package io.weir.http;

import java.nio.charset.StandardCharsets;

/** The head of a response. */
public final class ResponseHead extends Head {
    private static final byte[] VERSION = "HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_LENGTH = 8;

    private static final int SWITCHING = 101;

    int status;
    boolean dateSeen;

    @Override
    public void reset() {
        super.reset();
        status = 0;
        dateSeen = false;
    }

    public int status() {
        return status;
    }

    /** Whether it says when it was made; if not, we say when it came (RFC 9110, 6.6.1). */
    public boolean hasDate() {
        return dateSeen;
    }

    /** 1xx but 101: another head follows. */
    public boolean isInterim() {
        return status < 200 && status != SWITCHING;
    }

    /** 101: no HTTP follows, but bytes of the protocol that was asked for. */
    public boolean switchesProtocol() {
        return status == SWITCHING;
    }

    /** Whether a response of this status can't have a body, whatever its fields say (RFC 9112, 6.3). */
    public boolean neverHasBody() {
        return status < 200 || status == 204 || status == 304;
    }

    @Override
    int writeStartLine(HeadWriter out) {
        if (minorVersion == 1 && bytes[startLine + VERSION_LENGTH - 1] == '1') {
            return startLine;
        }
        out.literal(VERSION);
        return startLine + VERSION_LENGTH;
    }
}
