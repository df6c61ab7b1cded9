package io.weir.explain;

import io.netty.util.NetUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An http or https URL, taken apart and otherwise as it was written: whether host and path are well-formed is for the parser of requests to
 * say, as it would of a client.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority host and port as written
 * @param port as written, or that of the scheme
 * @param portWritten whether it was
 * @param target path and query, as the request line has them
 */
public record Url(String scheme, String authority, int port, boolean portWritten, String target) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int HIGHEST_PORT = 65535;
    private static final String SEPARATOR = "://";

    /**
     * Reads {@code http://host:port/path?query}; the scheme may be left out, and a fragment is, as clients do.
     *
     * @throws IllegalArgumentException with a message for the person who wrote it
     */
    public static Url parse(String text) {
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw bad(text, "holds a control character");
        }
        int colon = text.indexOf(SEPARATOR);
        String scheme = colon < 0 ? "http" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw bad(text, "is no http or https URL");
        }
        String rest = text.substring(colon < 0 ? 0 : colon + SEPARATOR.length());
        int fragment = rest.indexOf('#');
        String sent = fragment < 0 ? rest : rest.substring(0, fragment);
        int end = 0;
        while (end < sent.length() && sent.charAt(end) != '/' && sent.charAt(end) != '?') {
            end++;
        }
        String authority = sent.substring(0, end);
        if (authority.isEmpty()) {
            throw bad(text, "names no host");
        }
        if (authority.indexOf('@') >= 0) {
            throw bad(text, "holds a user or a password, which no client sends there");
        }
        String target = sent.substring(end);
        int portAt = authority.lastIndexOf(':');
        boolean written = portAt > authority.lastIndexOf(']');
        int port = written ? port(text, authority.substring(portAt + 1)) : scheme.equals("http") ? HTTP : HTTPS;
        return new Url(scheme, authority, port, written, target.startsWith("/") ? target : "/" + target);
    }

    private static int port(String url, String digits) {
        int port = digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9') ? 0 : Integer.parseInt(digits);
        if (port < 1 || port > HIGHEST_PORT) {
            throw bad(url, "has no port from 1 to " + HIGHEST_PORT + " behind its host's colon");
        }
        return port;
    }

    private static IllegalArgumentException bad(String url, String what) {
        return new IllegalArgumentException("\"" + url + "\" " + what + "; write http://HOST:PORT/PATH");
    }

    /** The host without its port, IPv6 without brackets. */
    String host() {
        String host = portWritten ? authority.substring(0, authority.lastIndexOf(':')) : authority;
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** The name that a client's TLS asks for (RFC 6066, 3), in lower case, or null if the host is an address. */
    @Nullable String serverName() {
        String host = host().toLowerCase(Locale.ROOT);
        if (host.indexOf(':') >= 0 || NetUtil.isValidIpV4Address(host)) {
            return null;
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** In full. */
    @Override
    public String toString() {
        return scheme + SEPARATOR + authority + target;
    }
}
