package io.weir.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether and how finished exchanges are logged.
 *
 * @param path of the file, or {@link #STANDARD_OUTPUT}
 * @param requestHeaders names in lower case of the request's fields that a JSON line holds
 * @param responseHeaders the same of the response's
 */
public record AccessLogSettings(AccessLogFormat format, String path, List<String> requestHeaders, List<String> responseHeaders) {

    public static final String STANDARD_OUTPUT = "-";

    public static final AccessLogSettings OFF = new AccessLogSettings(AccessLogFormat.OFF, STANDARD_OUTPUT, List.of(), List.of());

    /** What holds for keys that are left out of an access log. */
    static final AccessLogSettings DEFAULTS = new AccessLogSettings(AccessLogFormat.JSON, STANDARD_OUTPUT, List.of(), List.of());

    /** Fields that let whoever reads them act as somebody else. */
    private static final Set<String> SECRET = Set.of("authorization", "proxy-authorization", "cookie", "set-cookie");

    public AccessLogSettings {
        requestHeaders = List.copyOf(requestHeaders);
        responseHeaders = List.copyOf(responseHeaders);
        if (requestHeaders.stream().anyMatch(AccessLogSettings::isSecret) || responseHeaders.stream().anyMatch(AccessLogSettings::isSecret)) {
            throw new IllegalArgumentException("secrets are never logged: " + SECRET);
        }
    }

    /** Whether a field of that name may never stand in a log. */
    static boolean isSecret(String header) {
        return SECRET.contains(header.toLowerCase(Locale.ROOT));
    }
}
