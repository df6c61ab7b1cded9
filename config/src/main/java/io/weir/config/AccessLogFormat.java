package io.weir.config;

/** What a line of the access log looks like. */
public enum AccessLogFormat {
    /** No access log. */
    OFF
}
