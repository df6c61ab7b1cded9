package io.weir.config;

import io.weir.topology.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mappings that were read so far, of which one may leave nothing to a later one. Only what is certain is said: a mapping that an
 * earlier one takes everything from without its looking so passes.
 */
final class EarlierMappings {

    private static final String WILDCARD = "*.";
    /** Stands for a capture where the names don't matter; no character of hosts or paths. */
    private static final String ANY = "{}";

    /** One that takes whatever matches its host and path. */
    private record Taking(@Nullable String host, List<String> path, Spot spot) {}

    private final Domains domains;
    private final Map<String, List<Taking>> byHost = new HashMap<>();
    private final List<Taking> patterns = new ArrayList<>();

    EarlierMappings(Domains domains) {
        this.domains = domains;
    }

    void reportIfTooLate(@Nullable String host, String path, MappingSettings.@Nullable Goal goal, Value value) {
        String shape = host == null ? null : Template.parse(host).with(ANY);
        List<String> segments = segments(Template.parse(path).with(ANY));
        Taking taken = firstThatTakes(shape, segments);
        if (taken != null) {
            value.report("never matches", "the mapping in " + taken.spot + " takes all that it could; put this one before it");
        } else if (takesAll(goal)) {
            Taking taking = new Taking(shape, segments, value.spot());
            if (shape == null || isPattern(shape)) {
                patterns.add(taking);
            } else {
                byHost.computeIfAbsent(shape, _ -> new ArrayList<>(1)).add(taking);
            }
        }
    }

    /** An app with captures may be one that does not exist, and a request without host has no {@code {host}}: then the next mapping is tried. */
    private static boolean takesAll(MappingSettings.@Nullable Goal goal) {
        return switch (goal) {
            case null -> true; // it has a mistake, which is not that it stands where it does
            case MappingSettings.ToApp to -> !to.name().contains("{");
            case MappingSettings.Redirect redirect -> !redirect.to().contains("{" + Captures.HOST + "}");
            case MappingSettings.Respond _ -> true;
        };
    }

    private @Nullable Taking firstThatTakes(@Nullable String host, List<String> path) {
        if (host != null) {
            for (Taking earlier : byHost.getOrDefault(host, List.of())) {
                if (pathTakes(earlier.path, path)) {
                    return earlier;
                }
            }
        }
        for (Taking earlier : patterns) {
            if (hostTakes(earlier.host, host) && pathTakes(earlier.path, path)) {
                return earlier;
            }
        }
        return null;
    }

    private static boolean isPattern(String shape) {
        return shape.startsWith(WILDCARD) || shape.contains(ANY);
    }

    private boolean hostTakes(@Nullable String earlier, @Nullable String later) {
        if (earlier == null) {
            return later == null || !domains.meet(literalTail(later));
        }
        if (later == null) {
            return false;
        }
        if (!isPattern(later) && domains.cover(later)) {
            return false; // it may be an app domain, which is for mappings that name it alone
        }
        if (earlier.startsWith(WILDCARD)) {
            return isUnder(literalTail(later), earlier.substring(WILDCARD.length()), isPattern(later));
        }
        return earlier.equals(later) || (!later.startsWith(WILDCARD) && allTake(List.of(earlier.split("\\.", -1)), List.of(later.split("\\.", -1)), true));
    }

    private static boolean isUnder(String tail, String suffix, boolean orTheSame) {
        return tail.endsWith("." + suffix) || (orTheSame && tail.equals(suffix));
    }

    /** The labels behind the last capture or wildcard of a host. */
    static String literalTail(String host) {
        int last = Math.max(host.lastIndexOf('}'), host.lastIndexOf('*'));
        int dot = last < 0 ? -1 : host.indexOf('.', last);
        return last < 0 ? host : dot < 0 ? "" : host.substring(dot + 1);
    }

    private static boolean pathTakes(List<String> earlier, List<String> later) {
        return earlier.size() <= later.size() && allTake(earlier, later.subList(0, earlier.size()), false);
    }

    private static boolean allTake(List<String> earlier, List<String> later, boolean sameSize) {
        if (sameSize && earlier.size() != later.size()) {
            return false;
        }
        for (int i = 0; i < earlier.size(); i++) {
            String a = earlier.get(i);
            String b = later.get(i);
            boolean takes = a.equals(b) || (a.equals(ANY) && isCapturable(b));
            if (!takes) {
                return false;
            }
        }
        return true;
    }

    /** Whether a capture takes it whole, whatever its own captures stand for. */
    private static boolean isCapturable(String segment) {
        String literal = segment.replace(ANY, "x");
        return literal.chars().allMatch(c -> Character.isLetterOrDigit(c) || "._~-".indexOf(c) >= 0)
                && !literal.chars().allMatch(c -> c == '.');
    }

    /** What a path holds between its slashes; a final slash makes no difference. */
    private static List<String> segments(String path) {
        String inner = path.endsWith("/") ? path.substring(1, Math.max(1, path.length() - 1)) : path.substring(1);
        return inner.isEmpty() ? List.of() : List.of(inner.split("/", -1));
    }
}
