package io.weir.plan;

import io.netty.buffer.Unpooled;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.routing.Answer;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.RecentRequests.Seen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of some requests another table would lead elsewhere: to another app or region, by another path, or to an answer instead.
 *
 * @param asked all that were tried
 * @param groups those that would be led elsewhere, by from where to where; the largest first
 */
public record Rerouting(int asked, List<Group> groups) {
    /** Stands between an app and the path that its workers get instead of the request's. */
    private static final String AS = " as ";

    /** What is kept of a request fits in. */
    private static final HeadLimits LIMITS = new HeadLimits(1024, 2048, 10);

    /**
     * Requests that would go from one place to the same other one.
     *
     * @param example one of them: {@code GET shop.example/cart}
     */
    public record Group(String now, String then, int count, String example) {}

    private record Way(String now, String then) {}

    /** What becomes of requests by the one table and by the other. */
    public static Rerouting of(List<Seen> requests, RoutingTable now, RoutingTable then) {
        RequestHead head = new RequestHead();
        RequestParser parser = new RequestParser(LIMITS);
        Map<Way, Group> groups = new LinkedHashMap<>();
        int asked = 0;
        for (Seen seen : requests) {
            String before = end(seen, now, parser, head);
            String after = end(seen, then, parser, head);
            if (before == null || after == null) {
                continue;
            }
            asked++;
            if (!before.equals(after)) {
                groups.merge(
                        way(seen, before, after),
                        new Group(before, after, 1, text(seen)),
                        (known, one) -> new Group(known.now, known.then, known.count + one.count, known.example));
            }
        }
        List<Group> sorted = new ArrayList<>(groups.values());
        sorted.sort(Comparator.comparingInt(Group::count).reversed());
        return new Rerouting(asked, List.copyOf(sorted));
    }

    /** Those whose path goes on in another form, or that are sent elsewhere, are told apart by their host and not by their path. */
    private static Way way(Seen seen, String before, String after) {
        String host = withoutPath(before).equals(before) && withoutPath(after).equals(after) ? "" : seen.host();
        return new Way(withoutPath(before) + ' ' + host, withoutPath(after) + ' ' + host);
    }

    private static String withoutPath(String end) {
        int path = end.startsWith("3") ? end.indexOf(' ') : end.indexOf(AS);
        return path < 0 ? end : end.substring(0, path);
    }

    private static String text(Seen seen) {
        return (seen.method().isEmpty() ? "connection to " + seen.host() : seen.method() + " " + seen.host() + seen.path());
    }

    /** Where it ends; null if that can't be told. */
    private static @Nullable String end(Seen seen, RoutingTable table, RequestParser parser, RequestHead head) {
        head.reset();
        if (seen.method().isEmpty()) {
            head.tunnelTo(seen.host().getBytes(StandardCharsets.ISO_8859_1));
        } else {
            String method = seen.path().equals("*") ? "OPTIONS" : "GET";
            String text = method + " " + seen.path() + " HTTP/1.1\r\nHost: " + seen.host() + "\r\n\r\n";
            if (parser.read(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)), head) != Progress.END || head.fault() != null) {
                return null;
            }
        }
        return switch (table.resolve(head)) {
            case null -> "404 no_route";
            case Answer given -> given.status() + (given.location() == null ? "" : " " + given.location());
            case Route to when to.plan() == null -> "421 wrong_region";
            case Route to -> "app " + to.app().name() + " in " + to.region() + (head.isRewritten() ? AS + head.target() : "");
        };
    }

    /** Those that would be led elsewhere. */
    public int elsewhere() {
        return groups.stream().mapToInt(Group::count).sum();
    }

    /** What part of all that is, between 0 and 1. */
    public double share() {
        return asked == 0 ? 0 : (double) elsewhere() / asked;
    }
}
