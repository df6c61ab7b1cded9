package io.weir.routing;

import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.topology.Template;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Rule} made ready for requests: its texts as bytes, its app looked up if it is always the same. */
final class CompiledRule {
    private static final String WILDCARD = "*.";

    private final Rule rule;
    private final Pieces path;
    private final @Nullable Pieces host;
    /** With its leading dot, for {@code *.suffix}. */
    private final byte @Nullable [] suffix;

    private final Names<Route> homes;
    private final @Nullable Filling app;
    private final @Nullable Filling rewrite;
    private final byte @Nullable [] fixedRewrite;
    private final @Nullable Filling location;
    /** The destination, if it is the same for all requests; its rewrite may still differ. */
    private final @Nullable Destination fixed;

    /**
     * @param homes by app, where its global domain leads
     * @throws IllegalArgumentException if the rule uses a capture that there is not, or names an app that does not exist
     */
    CompiledRule(Rule rule, Names<Route> homes) {
        this.rule = rule;
        this.homes = homes;
        String hostText = rule.host();
        boolean wildcard = hostText != null && hostText.startsWith(WILDCARD);
        suffix = hostText != null && wildcard ? hostText.substring(1).getBytes(StandardCharsets.US_ASCII) : null;
        host = hostText == null || wildcard ? null : Pieces.ofHost(hostText);
        path = Pieces.ofPath(rule.path());
        List<String> captures = new ArrayList<>(hostText == null ? List.of() : Template.parse(hostText).captures());
        captures.addAll(Template.parse(rule.path()).captures());
        switch (rule.goal()) {
            case Rule.ToApp to -> {
                app = Filling.of(to.app(), captures);
                rewrite = to.rewrite() == null ? null : Filling.of(to.rewrite(), captures);
                location = null;
                fixed = app.isFixed() ? route(to, known(to.app().toString(), homes)) : null;
            }
            case Rule.Redirect redirect -> {
                app = rewrite = null;
                location = Filling.of(redirect.location(), captures);
                fixed = location.isFixed() ? new Answer(redirect.status(), text(location.fixed())) : null;
            }
            case Rule.Respond respond -> {
                app = rewrite = location = null;
                fixed = new Answer(respond.status(), null);
            }
        }
        fixedRewrite = rewrite != null && rewrite.isFixed() ? rewrite.fixed() : null;
    }

    private static Route known(String app, Names<Route> homes) {
        Route home = homes.get(app);
        if (home == null) {
            throw new IllegalArgumentException("there is no app " + app);
        }
        return home;
    }

    private static Route route(Rule.ToApp to, Route home) {
        String region = to.region();
        if (region == null) {
            return to.steps() == null ? home : new Route(home.app(), home.region(), home.plan(), to.steps());
        }
        return new Route(home.app(), region, home.app().in(region), to.steps());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    Rule rule() {
        return rule;
    }

    Pieces path() {
        return path;
    }

    boolean takesEveryPath() {
        return fixed != null && rule.path().equals("/");
    }

    /** The route, if nothing of a request has to be looked at or changed; or null. */
    @Nullable Route onlyRoute() {
        return rewrite == null && fixed instanceof Route route ? route : null;
    }

    /** The rule for a host that has one, or null if it does not match {@code b[from, to)}. */
    @Nullable Candidate forHost(byte[] b, int from, int to) {
        byte[] end = suffix;
        if (end != null) {
            return to - from > end.length && Names.endsWith(b, from, to, end) ? new Candidate(this) : null;
        }
        Pieces labels = host;
        if (labels == null) {
            return new Candidate(this);
        }
        int[] ranges = new int[2 * labels.captures()];
        if (!labels.match(b, from, to, ranges)) {
            return null;
        }
        byte[][] captured = new byte[labels.captures()][];
        for (int i = 0; i < captured.length; i++) {
            captured[i] = lower(b, ranges[2 * i], ranges[2 * i + 1]);
        }
        return new Candidate(this, captured);
    }

    private static byte[] lower(byte[] b, int from, int to) {
        byte[] lower = new byte[to - from];
        for (int i = 0; i < lower.length; i++) {
            lower[i] = Names.LOWER[b[from + i] & 0xff];
        }
        return lower;
    }

    /** Where a request goes that has matched, or null if there is no such app. */
    @Nullable Destination reach(RequestHead request, Matched matched) {
        Destination to = fixed != null ? fixed : filled(request, matched);
        Filling front = rewrite;
        if (front != null && to != null && !request.isForServer()) {
            byte[] always = fixedRewrite;
            request.rewrite(always != null ? always : front.fill(request, matched).toBytes(), matched.prefixEnd());
        }
        return to;
    }

    private @Nullable Destination filled(RequestHead request, Matched matched) {
        return switch (rule.goal()) {
            case Rule.ToApp to -> {
                byte[] name = java.util.Objects.requireNonNull(app).fill(request, matched).toBytes();
                Route home = isLower(name) ? homes.find(name, 0, name.length) : null;
                yield home == null ? null : route(to, home);
            }
            case Rule.Redirect redirect -> {
                Filling url = java.util.Objects.requireNonNull(location);
                boolean hostMissing = url.usesHost() && request.hostEnd() == request.authorityStart();
                HeadWriter filled = url.fill(request, matched);
                yield hostMissing ? null : new Answer(redirect.status(), filled.toString());
            }
            case Rule.Respond respond -> new Answer(respond.status(), null);
        };
    }

    /** Apps are named in lower case, and paths have case: {@code /Orders} names no app. */
    private static boolean isLower(byte[] name) {
        for (byte c : name) {
            if (c >= 'A' && c <= 'Z') {
                return false;
            }
        }
        return true;
    }
}
