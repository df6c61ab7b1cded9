package io.weir.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code access-log} and {@code metrics}. */
final class TelemetryReader {

    private static final int LONGEST_PATH = 4096;

    private TelemetryReader() {}

    static @Nullable AccessLogSettings accessLog(Value value) {
        return value.fields(fields -> {
            AccessLogSettings defaults = AccessLogSettings.DEFAULTS;
            AccessLogFormat format = fields.optional("format", Scalars.oneOf(AccessLogFormat.class), defaults.format());
            String path = fields.optional("path", TelemetryReader::path, defaults.path());
            Reading<List<String>> headers = names -> headers(names, format);
            List<String> requestHeaders = fields.optional("request-headers", headers, List.of());
            List<String> responseHeaders = fields.optional("response-headers", headers, List.of());
            return new AccessLogSettings(format, path, requestHeaders, responseHeaders);
        });
    }

    static @Nullable MetricsSettings metrics(Value value) {
        return value.fields(fields -> new MetricsSettings(
                true, fields.optional("apps", Scalars.number(MetricsSettings.APPS), MetricsSettings.DEFAULTS.apps())));
    }

    private static @Nullable String path(Value value) {
        value.accept(Forms.text("the path of a file, or - for standard output"));
        String text = value.text();
        if (text == null) {
            return null;
        }
        if (text.isEmpty() || text.length() > LONGEST_PATH || text.indexOf('\0') >= 0) {
            value.report("must be the path of a file", "write - for standard output");
            return null;
        }
        return text;
    }

    private static @Nullable List<String> headers(Value value, AccessLogFormat format) {
        if (!value.isNoting() && (format == AccessLogFormat.COMMON || format == AccessLogFormat.COMBINED)) {
            value.report("has no place in a line of this format", "write format: json");
            return null;
        }
        return value.list(TelemetryReader::header);
    }

    private static @Nullable String header(Value value) {
        String name = Scalars.token(value);
        if (name == null) {
            return null;
        }
        if (AccessLogSettings.isSecret(name)) {
            value.report("is never logged: " + name, "whoever reads the log could act in its owner's name");
            return null;
        }
        return name.toLowerCase(Locale.ROOT);
    }
}
