package io.weir.exchange;

import io.weir.config.Settings;
import io.weir.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Where TLS is spoken, for clients that come without.
 *
 * @param port ours; clients that wrote no port are sent to that of https, since they have come to that of http, whatever ours are
 */
public record SecurePort(int port) {
    private static final int HTTPS = 443;

    /** That of the first listener with TLS; without one, whatever ends TLS in front is at the usual one. */
    public static SecurePort of(Settings settings) {
        return settings.listeners().stream()
                .filter(each -> each.tls() != null)
                .map(each -> new SecurePort(each.bind().port()))
                .findFirst()
                .orElse(new SecurePort(HTTPS));
    }

    /** The same URL with https, or null if the request names no host, as one of HTTP/1.0 may. */
    public @Nullable String url(RequestHead request) {
        if (request.hostEnd() == request.authorityStart()) {
            return null;
        }
        String host = request.text(request.authorityStart(), request.hostEnd());
        boolean portWritten = request.authorityEnd() > request.hostEnd() + 1; // a colon alone is none (RFC 3986, 3.2.3)
        String path = request.text(request.pathStart(), request.pathEnd()) + request.text(request.queryStart(), request.targetEnd());
        return "https://" + host + (portWritten && port != HTTPS ? ":" + port : "") + (path.startsWith("/") ? path : "/");
    }
}
