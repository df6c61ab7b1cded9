package io.weir.config;

import org.jspecify.annotations.Nullable;

/**
 * A rule for requests to a host and path.
 *
 * @param host the request's host, in lower case and without port: a name, {@code *.suffix}, or labels with captures; null: any that is
 *     not under one of the domains
 * @param path a prefix by whole segments, which may hold captures; {@code /} is every path
 * @param goal what becomes of the requests
 */
public record MappingSettings(@Nullable String host, String path, Goal goal) {

    /** Every path. */
    public static final String DEFAULT_PATH = "/";

    /** What becomes of a mapping's requests. */
    public sealed interface Goal {
        /** As people read it: {@code app orders in us-e1, rewrite /shop}. */
        String text();
    }

    /**
     * They go to an app.
     *
     * @param name the app's name, or a text with captures; where that names no app, the next mapping is tried
     * @param region the app's region, or null: as its global domain
     * @param rewrite what is put in front once the path's matched prefix is cut, or null: the path stays
     * @param mend whether {@code Location} and cookie paths are led back to the prefix; without {@code rewrite} there is nothing to mend
     */
    public record ToApp(String name, @Nullable String region, @Nullable String rewrite, boolean mend) implements Goal {
        public ToApp {
            if (rewrite != null && !rewrite.startsWith("/")) {
                throw new IllegalArgumentException("a rewrite must begin with /, is \"" + rewrite + '"');
            }
        }

        @Override
        public String text() {
            return "app " + name
                    + (region == null ? "" : " in " + region)
                    + (rewrite == null ? "" : ", rewrite " + rewrite)
                    + (rewrite == null || mend ? "" : ", mend off");
        }
    }

    /**
     * They are sent elsewhere.
     *
     * @param to an http(s) URL or an absolute path, which may hold captures, {@code {host}} and, at its end, {@code {rest}}
     * @param status 301, 302, 303, 307 or 308
     */
    public record Redirect(String to, int status) implements Goal {
        /** Permanent, and the method stays what it is (RFC 9110, 15.4.9). */
        public static final int DEFAULT_STATUS = 308;

        @Override
        public String text() {
            return "redirect " + status + " " + to;
        }
    }

    /** They are answered with a status. */
    public record Respond(int status) implements Goal {
        static final Bounds<Integer> STATUS = Bounds.count(200, 599);

        @Override
        public String text() {
            return "respond " + status;
        }
    }

    public MappingSettings {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path must begin with /, is \"" + path + '"');
        }
    }

    /** A mapping to one app with every other setting left out. */
    public static MappingSettings toApp(@Nullable String host, String path, String app) {
        return new MappingSettings(host, path, new ToApp(app, null, null, true));
    }
}
