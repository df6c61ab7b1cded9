package io.weir.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code apps.*.balance} and {@code apps.*.affinity}. */
final class BalanceReader {

    private static final String POLICIES = "write one of round-robin, least-request, peak-ewma, or hash: {on: …}";
    private static final String KEYS = "write one of client-address, path, {header: NAME}, {cookie: NAME}";

    /** In characters; much more would be no name but a mistake. */
    private static final int LONGEST_NAME = 256;

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
            String cookie = fields.required("cookie", BalanceReader::token);
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
        String header = fields.optional("header", BalanceReader::token);
        String cookie = fields.optional("cookie", BalanceReader::token);
        if (fields.has("header") == fields.has("cookie")) {
            value.report(fields.has("header") ? "names both a header and a cookie" : "names no header or cookie", KEYS);
            return null;
        }
        if (header != null) {
            return new HashKey.Header(header.toLowerCase(Locale.ROOT));
        }
        return cookie == null ? null : new HashKey.Cookie(cookie);
    }

    /** A name as field names and cookie names are: a token (RFC 9110, 5.6.2). */
    private static @Nullable String token(Value value) {
        value.accept(Forms.text("a name: letters, digits and !#$%&'*+-.^_`|~"));
        String text = value.text();
        if (text == null) {
            return null;
        }
        if (text.length() > LONGEST_NAME || !text.chars().allMatch(BalanceReader::isTokenCharacter)) {
            value.report("must be a token, is " + Quoted.of(text), "use letters, digits and !#$%&'*+-.^_`|~");
            return null;
        }
        return text;
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
