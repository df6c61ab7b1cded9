package io.weir.config;

/** What a line of the access log looks like. */
public enum AccessLogFormat {
    /** A JSON object with every field. */
    JSON,
    /** The Common Log Format of the NCSA server. */
    COMMON,
    /** The same with Referer and User-Agent. */
    COMBINED,
    /** No access log. */
    OFF
}
