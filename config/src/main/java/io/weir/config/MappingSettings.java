package io.weir.config;

import io.weir.topology.DnsName;
import org.jspecify.annotations.Nullable;

/**
 * A rule that leads requests to an app.
 *
 * @param host the request's host, in lower case and without port; null: any that is not under one of the domains
 * @param path a prefix by whole segments; {@code /} is every path
 * @param app the app's name
 */
public record MappingSettings(@Nullable String host, String path, String app) {

    /** Every path. */
    public static final String DEFAULT_PATH = "/";

    public MappingSettings {
        if (host != null && !DnsName.isName(host)) {
            throw new IllegalArgumentException("a mapping's host must be a lower-case host name, is \"" + host + '"');
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path must begin with /, is \"" + path + '"');
        }
    }
}
