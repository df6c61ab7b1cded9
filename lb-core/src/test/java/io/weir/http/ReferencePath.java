package io.weir.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The normal form of a path, in strings and lists: what {@link PathNormaliser} is held against. */
final class ReferencePath {
    /** What makes a path malformed, wherever it stands. A pattern of a whole path would need the stack of a path's length. */
    private static final Pattern MALFORMED = Pattern.compile("[\\x00-\\x20\\x7f\\\\#?]|%(?![0-9A-Fa-f]{2})|%00");
    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");

    private ReferencePath() {}

    /** The normal form, or null if there is none. */
    static @Nullable String normal(String path) {
        if (!path.startsWith("/") || MALFORMED.matcher(path).find()) {
            return null;
        }
        String decoded = ESCAPE.matcher(path).replaceAll(m -> {
            String c = Character.toString(Integer.parseInt(m.group(1), 16));
            return Matcher.quoteReplacement(c.matches("[A-Za-z0-9._~-]") ? c : m.group());
        });
        List<String> kept = new ArrayList<>();
        String[] segments = decoded.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            String segment = segments[i];
            if (segment.equals("..")) {
                if (kept.isEmpty()) {
                    return null;
                }
                kept.removeLast();
            }
            if (segment.equals(".") || segment.equals("..")) {
                segment = "";
                if (!last) {
                    continue;
                }
            } else if (segment.isEmpty() && kept.isEmpty() && !last) {
                continue;
            }
            kept.add(segment);
        }
        return "/" + String.join("/", kept);
    }
}
