package io.weir.config;

import io.weir.topology.Template;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mapping's host and path capture.
 *
 * @param known whether both could be read, so that a capture can be said to be missing
 */
record Captures(@Nullable Template host, @Nullable Template path, boolean known) {

    /** What a redirect puts there: the path behind the matched prefix, and the query. */
    static final String REST = "rest";

    /** What a redirect puts there: the request's host, without port. */
    static final String HOST = "host";

    List<String> ofHost() {
        return host == null ? List.of() : host.captures();
    }

    List<String> all() {
        List<String> all = new ArrayList<>(ofHost());
        if (path != null) {
            all.addAll(path.captures());
        }
        return all;
    }

    /** Whether a text uses nothing but these and {@code more}; if not, it has been reported. */
    boolean check(Template text, Value place, List<String> more) {
        List<String> usable = new ArrayList<>(all());
        usable.addAll(more);
        for (String name : text.captures()) {
            if (known && !usable.contains(name)) {
                String nearest = place.nearest().hint(name, usable);
                String captured = usable.isEmpty() ? "its host and path capture nothing" : "to be used here: " + Quoted.some(usable);
                place.report("nothing captures {" + Quoted.cut(name) + "}", nearest != null ? nearest : captured);
                return false;
            }
        }
        return true;
    }
}
