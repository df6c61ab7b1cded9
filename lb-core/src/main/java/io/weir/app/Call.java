package io.weir.app;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A page of the admin API with its parameters, as a command asks for it. */
final class Call {
    private final boolean changes;
    private final StringBuilder page;
    private char separator = '?';

    private Call(String path, boolean changes) {
        this.page = new StringBuilder(path);
        this.changes = changes;
    }

    /** A page that says something. */
    static Call get(String path) {
        return new Call(path, false);
    }

    /** A page that changes something. */
    static Call post(String path) {
        return new Call(path, true);
    }

    /** With a parameter, unless it is null. */
    Call with(String name, @Nullable Object value) {
        if (value != null) {
            page.append(separator).append(name).append('=').append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return this;
    }

    /** With a parameter that says yes, if it is so. */
    Call withFlag(String name, boolean set) {
        return with(name, set ? "true" : null);
    }

    boolean changes() {
        return changes;
    }

    String page() {
        return page.toString();
    }
}
