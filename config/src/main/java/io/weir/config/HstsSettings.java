package io.weir.config;

import java.time.Duration;

/** What {@code Strict-Transport-Security} says (RFC 6797): for how long browsers use TLS only, and whether for names below the host too. */
public record HstsSettings(Duration maxAge, boolean subdomains) {
    /** A year, as lists of such hosts ask for at least. */
    public static final Duration YEAR = Duration.ofDays(365);

    static final Bounds<Duration> MAX_AGE = Bounds.time(Duration.ZERO, Duration.ofDays(3650));

    /** The value of the field. */
    public String field() {
        return "max-age=" + maxAge.toSeconds() + (subdomains ? "; includeSubDomains" : "");
    }
}
