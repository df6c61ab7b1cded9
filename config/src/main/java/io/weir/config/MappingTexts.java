package io.weir.config;

import io.weir.topology.DnsName;
import io.weir.topology.Template;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Readings of a mapping's texts, which may hold captures. */
final class MappingTexts {

    private static final String IN_PATH = "-._~!$&'()*+,;=:@/";
    private static final String WILDCARD = "*.";
    private static final int LONGEST = 2000;

    private MappingTexts() {}

    /** A host name, {@code *.suffix}, or labels with captures, in lower case. */
    static @Nullable Template host(Value value) {
        value.accept(Forms.text("a host name, *.suffix, or labels with captures: {app}.example.com"));
        String text = value.text();
        if (text == null) {
            return null;
        }
        boolean wildcard = text.startsWith(WILDCARD);
        Template host = parse(value, text);
        if (host == null || !checkNames(value, host, List.of())) {
            return null;
        }
        String lower = host.toString().toLowerCase(Locale.ROOT);
        String shape = (wildcard ? lower.substring(WILDCARD.length()) : host.with("x")).toLowerCase(Locale.ROOT);
        if (!DnsName.isName(shape)) {
            boolean pattern = text.contains("*") || text.contains("{");
            value.report(
                    "must be a host name, is " + Quoted.of(text),
                    pattern
                            ? "write *.example.com, or captures in labels as in {app}.example.com"
                            : "write it without port and final dot, as in api.example.com");
            return null;
        }
        return Template.parse(lower);
    }

    /** A prefix by whole segments. */
    static @Nullable Template path(Value value, @Nullable Template host) {
        value.accept(Forms.text("a prefix of paths by whole segments, which may hold captures: /{app}/v1/"));
        String text = value.text();
        Template path = text == null ? null : parse(value, text);
        if (path == null || !isPath(value, path) || !checkNames(value, path, host == null ? List.of() : host.captures())) {
            return null;
        }
        return path;
    }

    static @Nullable String rewrite(Value value, Captures captures) {
        value.accept(Forms.text("a path, which may hold captures, put in front of what follows the prefix"));
        String text = value.text();
        Template rewrite = text == null ? null : parse(value, text);
        return rewrite != null && isPath(value, rewrite) && captures.check(rewrite, value, List.of()) ? text : null;
    }

    /** An app's name with captures in it. */
    static @Nullable String app(Value value, Captures captures) {
        String text = value.text();
        Template app = text == null ? null : parse(value, text);
        if (app == null || !captures.check(app, value, List.of())) {
            return null;
        }
        if (!DnsName.isLabel(app.with("x"))) {
            value.report("cannot be the name of an app: " + Quoted.of(app.toString()), "use a-z, 0-9 and inner hyphens beside captures");
            return null;
        }
        return text;
    }

    /** An http(s) URL or an absolute path. */
    static @Nullable String redirect(Value value, Captures captures) {
        value.accept(Forms.text("a URL or an absolute path, which may hold captures, {host}, and {rest} at its end"));
        String text = value.text();
        Template url = text == null ? null : parse(value, text);
        if (text == null || url == null || !captures.check(url, value, List.of(Captures.HOST, Captures.REST))) {
            return null;
        }
        boolean absolutePath = text.startsWith("/") && !text.startsWith("//");
        String authority = text.startsWith("https://") ? text.substring(8) : text.startsWith("http://") ? text.substring(7) : null;
        boolean named = authority != null && !authority.isEmpty() && "/?#".indexOf(authority.charAt(0)) < 0;
        if (!(absolutePath || named) || !isPlain(text)) {
            value.report(
                    "must be an http or https URL or begin with /, is " + Quoted.of(text), "as in https://www.example.com/{rest} or /new/{rest}");
            return null;
        }
        String rest = "{" + Captures.REST + "}";
        int at = text.indexOf(rest);
        if (at >= 0 && (at != text.length() - rest.length() || text.charAt(at - 1) != '/' || text.indexOf('?') >= 0 || text.startsWith("//", at - 2))) {
            value.report(rest + " must stand at the end of the path, behind a /", "as in https://www.example.com/{rest}");
            return null;
        }
        return text;
    }

    private static @Nullable Template parse(Value value, String text) {
        if (text.length() > LONGEST) {
            value.report("is too long: " + Quoted.of(text), null);
            return null;
        }
        try {
            return Template.parse(text);
        } catch (IllegalArgumentException e) {
            value.report(Quoted.clean(String.valueOf(e.getMessage())), null);
            return null;
        }
    }

    private static boolean checkNames(Value value, Template template, List<String> before) {
        String repeated = template.repeated(before);
        if (!repeated.isEmpty()) {
            value.report("captures {" + Quoted.cut(repeated) + "} twice", "give each capture a name of its own");
            return false;
        }
        for (String name : template.captures()) {
            if (name.equals(Captures.REST) || name.equals(Captures.HOST)) {
                value.report("{" + name + "} has a meaning of its own in redirects", "give the capture another name");
                return false;
            }
        }
        return true;
    }

    /** Whether it is a path in the form that requests are matched in; if not, it has been reported. */
    private static boolean isPath(Value value, Template path) {
        String text = path.toString();
        if (!text.startsWith("/")) {
            value.report("must begin with /, is " + Quoted.of(text), null);
            return false;
        }
        String shape = path.with("x");
        if (shape.contains("//")) {
            value.report("must not hold //, is " + Quoted.of(text), "write each / once");
            return false;
        }
        for (String segment : shape.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                value.report("must not hold . or .. as a segment, is " + Quoted.of(text), "paths are matched without them");
                return false;
            }
        }
        for (int i = 0; i < shape.length(); i++) {
            char c = shape.charAt(i);
            if (c == '%' && isKeptEscape(shape, i)) {
                i += 2;
            } else if (!isUnreservedOr(c, IN_PATH)) {
                value.report(
                        "holds what is in no path: " + Quoted.of(text),
                        c == '%' ? "write letters, digits and - . _ ~ themselves, and other characters as %20" : "write it as %20, without a query");
                return false;
            }
        }
        return true;
    }

    /** Whether an escape is one that stays when a path is brought into its normal form. */
    private static boolean isKeptEscape(String text, int percent) {
        if (percent + 2 >= text.length()) {
            return false;
        }
        int high = Character.digit(text.charAt(percent + 1), 16);
        int low = Character.digit(text.charAt(percent + 2), 16);
        int c = high * 16 + low;
        return high >= 0 && low >= 0 && c != 0 && !isUnreservedOr((char) c, "-._~");
    }

    private static boolean isUnreservedOr(char c, String others) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.indexOf(c) >= 0;
    }

    /** Whether a text can stand in a field and in a URL as it is. */
    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"<>\\^`|".indexOf(c) < 0);
    }
}
