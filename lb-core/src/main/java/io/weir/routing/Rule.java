package io.weir.routing;

import io.weir.http.Step;
import io.weir.topology.Template;
import org.jspecify.annotations.Nullable;

/**
 * A mapping as the table is given it.
 *
 * @param host a name, {@code *.suffix}, or labels with captures, in lower case; null: any that is not under one of the domains
 * @param path a prefix by whole segments, which may hold captures; a final slash makes no difference
 * @param goal what becomes of what matches
 */
public record Rule(@Nullable String host, String path, Goal goal) {
    /** What becomes of what matches a rule. */
    public sealed interface Goal {}

    /**
     * It is led to an app.
     *
     * @param app its name; where that names no app, the next rule is tried
     * @param region its region, or null: as its global domain
     * @param rewrite what goes on in place of the path's matched prefix, or null
     * @param steps what the route does, or null
     */
    public record ToApp(Template app, @Nullable String region, @Nullable Template rewrite, Step.@Nullable Chain steps) implements Goal {}

    /**
     * It is sent elsewhere.
     *
     * @param location may use captures, {@code {host}} and {@code {rest}}
     */
    public record Redirect(int status, Template location) implements Goal {}

    /** It is answered. */
    public record Respond(int status) implements Goal {}

    /** Whether the host is one name. */
    boolean isExact() {
        return host != null && host.indexOf('{') < 0 && host.indexOf('*') < 0;
    }
}
