package io.weir.exchange;

import io.weir.http.RequestHead;

/**
 * Where TLS is spoken, for clients that come without.
 *
 * @param port ours; clients that wrote no port are sent to that of https, since they have come to that of http, whatever ours are
 */
public record SecurePort(int port) {
    private static final int HTTPS = 443;

    /** The same URL with https. */
    String url(RequestHead request) {
        String host = request.text(request.authorityStart(), request.hostEnd());
        boolean portWritten = request.authorityEnd() > request.hostEnd();
        String path = request.text(request.pathStart(), request.pathEnd()) + request.text(request.queryStart(), request.targetEnd());
        return "https://" + host + (portWritten && port != HTTPS ? ":" + port : "") + (path.startsWith("/") ? path : "/");
    }
}
