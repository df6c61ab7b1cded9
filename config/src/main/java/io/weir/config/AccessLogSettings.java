package io.weir.config;

/** Whether and how finished exchanges are logged. */
public record AccessLogSettings(AccessLogFormat format) {

    public static final AccessLogSettings DEFAULTS = new AccessLogSettings(AccessLogFormat.OFF);
}
