package io.weir.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code apps.*.balance} and {@code apps.*.affinity}. */
final class BalanceReader {

    private static final String POLICIES = "write one of round-robin, least-request, peak-ewma, or hash: {on: …}";
    private static final String KEYS = "write one of client-address, path, {header: NAME}, {cookie: NAME}";

    private BalanceReader() {}

    static @Nullable BalanceSettings balance(Value value) {
        if (value.isMapping()) {
            return value.fields(fields -> {
                HashKey on = fields.required("hash", BalanceReader::hash);
                return on == null ? null : new BalanceSettings.Hash(on);
            });
        }
        value.accept(Forms.words(List.of("round-robin", "least-request", "peak-ewma")));
        String word = value.text();
        return switch (word) {
            case null -> null;
            case "round-robin" -> new BalanceSettings.RoundRobin();
            case "least-request" -> new BalanceSettings.LeastRequest();
            case "peak-ewma" -> new BalanceSettings.PeakEwma();
            default -> {
                value.report("cannot be " + Quoted.of(word), POLICIES);
                yield null;
            }
        };
    }

    static @Nullable AffinitySettings affinity(Value value) {
        return value.fields(fields -> {
            String cookie = fields.required("cookie", Scalars::token);
            return cookie == null ? null : new AffinitySettings(cookie);
        });
    }

    private static @Nullable HashKey hash(Value value) {
        return value.fields(fields -> fields.required("on", BalanceReader::key));
    }

    private static @Nullable HashKey key(Value value) {
        if (value.isMapping()) {
            return value.fields(fields -> namedKey(value, fields));
        }
        value.accept(Forms.words(List.of("client-address", "path")));
        String word = value.text();
        return switch (word) {
            case null -> null;
            case "client-address" -> new HashKey.ClientAddress();
            case "path" -> new HashKey.Path();
            default -> {
                value.report("cannot be " + Quoted.of(word), KEYS);
                yield null;
            }
        };
    }

    private static @Nullable HashKey namedKey(Value value, Fields fields) {
        String header = fields.optional("header", Scalars::token);
        String cookie = fields.optional("cookie", Scalars::token);
        if (fields.has("header") == fields.has("cookie")) {
            value.report(fields.has("header") ? "names both a header and a cookie" : "names no header or cookie", KEYS);
            return null;
        }
        if (header != null) {
            return new HashKey.Header(header.toLowerCase(Locale.ROOT));
        }
        return cookie == null ? null : new HashKey.Cookie(cookie);
    }
}
