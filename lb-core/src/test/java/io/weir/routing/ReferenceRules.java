package io.weir.routing;

import io.weir.http.RequestHead;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules as they are written down, with regular expressions and one rule after the other. */
final class ReferenceRules {
    private static final Pattern CAPTURE = Pattern.compile("\\{([a-z0-9-]+)}");

    private final List<String> rules;
    private final Set<String> apps;
    private final String domain;

    ReferenceRules(List<String> rules, Set<String> apps, String domain) {
        this.rules = rules;
        this.apps = apps;
        this.domain = domain;
    }

    /** As {@link RulesTest#where}. */
    String where(RequestHead head) {
        String host = head.text(head.authorityStart(), head.hostEnd()).toLowerCase(Locale.ROOT);
        host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String path = head.text(head.pathStart(), head.pathEnd());
        String query = head.text(head.queryStart(), head.targetEnd());
        boolean underDomain = host.equals(domain) || host.endsWith("." + domain);
        String label = underDomain && !host.equals(domain) ? host.substring(0, host.length() - domain.length() - 1) : "";
        String appDomain = apps.contains(label) ? label : null;
        for (String rule : rules) {
            String[] words = rule.split(" ", -1);
            boolean exact = words[0].equals(host);
            if ((appDomain != null && !exact) || (words[0].equals("-") && underDomain)) {
                continue;
            }
            Map<String, String> captured = new HashMap<>();
            if (!words[0].equals("-") && !matchHost(words[0], host, captured)) {
                continue;
            }
            String rest = rest(words[1], path, captured);
            if (rest == null) {
                continue;
            }
            String app = fill(words[2], captured);
            if (!apps.contains(app)) {
                continue;
            }
            return app + " " + (words.length > 3 ? rewritten(fill(words[3], captured), rest) : path) + query;
        }
        return appDomain == null ? "-" : appDomain + " " + path + query;
    }

    private static boolean matchHost(String rule, String host, Map<String, String> captured) {
        if (rule.startsWith("*.")) {
            return host.length() > rule.length() - 1 && host.endsWith(rule.substring(1));
        }
        return match(rule, host, "[A-Za-z0-9_~-]+", captured) != null;
    }

    private static @Nullable String rest(String rule, String path, Map<String, String> captured) {
        if (rule.equals("/")) {
            return path;
        }
        String prefix = rule.endsWith("/") ? rule.substring(0, rule.length() - 1) : rule;
        int slashes = (int) prefix.chars().filter(c -> c == '/').count();
        int end = 0;
        for (int i = 0; i < slashes; i++) {
            if (end < 0 || end >= path.length()) {
                return null;
            }
            int next = path.indexOf('/', end + 1);
            end = next < 0 ? path.length() : next;
        }
        return match(prefix, path.substring(0, end), "[A-Za-z0-9._~-]+", captured) == null ? null : path.substring(end);
    }

    private static @Nullable Matcher match(String rule, String text, String value, Map<String, String> captured) {
        Matcher names = CAPTURE.matcher(rule);
        StringBuilder regex = new StringBuilder();
        Map<String, Integer> groups = new HashMap<>();
        int from = 0;
        while (names.find()) {
            regex.append(Pattern.quote(rule.substring(from, names.start()))).append('(').append(value).append(')');
            groups.put(String.valueOf(names.group(1)), groups.size() + 1);
            from = names.end();
        }
        regex.append(Pattern.quote(rule.substring(from)));
        Matcher matcher = Pattern.compile(regex.toString()).matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        for (Map.Entry<String, Integer> group : groups.entrySet()) {
            String found = String.valueOf(matcher.group(group.getValue()));
            if (found.matches("\\.+")) {
                return null;
            }
            captured.put(group.getKey(), found);
        }
        return matcher;
    }

    private static String fill(String text, Map<String, String> captured) {
        String filled = text;
        for (Map.Entry<String, String> one : captured.entrySet()) {
            filled = filled.replace("{" + one.getKey() + "}", one.getValue());
        }
        return filled;
    }

    private static String rewritten(String front, String rest) {
        if (rest.isEmpty()) {
            return front;
        }
        String joined = (front.endsWith("/") ? front.substring(0, front.length() - 1) : front) + rest;
        return joined.replaceFirst("^/+", "/");
    }
}
