package io.weir.explain;

import io.weir.config.AppSettings;
import io.weir.config.FailoverSettings;
import io.weir.config.Settings;
import io.weir.exchange.Reason;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.TierSpec;
import io.weir.health.AdminState;
import io.weir.http.RequestHead;
import io.weir.routing.Route;
import io.weir.routing.RoutingTrace;
import io.weir.topology.Region;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What to do about a refusal, a sentence for each. */
final class Remedies {
    private static final int MOST_NAMED = 5;

    private Remedies() {}

    /** For a request that is refused whatever it asks for. */
    static String unadmitted(Reason reason) {
        return switch (reason) {
            case METHOD_NOT_ALLOWED -> "CONNECT and TRACE are served nowhere here; send another method.";
            case LOOP -> "Its Via names weir too often: look for an app whose worker is the address of a load balancer before it.";
            case BODY_TOO_LARGE -> "Send less, or raise limits.body.";
            default -> "See " + reason.code() + " in docs/answers.md.";
        };
    }

    static String misdirected(String host) {
        return "Ask about the URL of host " + host + ", for which clients open a connection of its own; or give both hosts one certificate and the same client-auth.";
    }

    static String noRoute(RoutingTrace trace, RequestHead head, Settings settings) {
        String host = head.text(head.authorityStart(), head.hostEnd()).toLowerCase(Locale.ROOT);
        if (!trace.underADomain()) {
            return "Add a mapping for host " + host + " and this path, or ask under a domain of apps: " + named(settings.domains()) + ".";
        }
        return "Name an app of the config, as " + example(settings) + ", add the app, or add a mapping that names host " + host + ".";
    }

    private static String example(Settings settings) {
        String app = settings.apps().isEmpty() ? "APP" : settings.apps().keySet().iterator().next();
        return app + "." + settings.domains().getFirst();
    }

    static String wrongRegion(Route route, Door door, Subject subject) {
        Settings settings = subject.settings();
        String app = route.app().name();
        String only = door.onlyRegion();
        if (route.plan() != null && only != null) {
            return "This listener serves region " + only + " alone: ask for " + app + " there, ask a load balancer of " + route.region()
                    + ", or set strict-region: off at " + door.at() + ".";
        }
        AppSettings known = settings.apps().get(app);
        List<String> regions = known == null ? List.of() : List.copyOf(known.pools().keySet());
        return "App " + app + " has no pool in " + route.region() + ": ask for one of " + named(regions) + ", or add a pool.";
    }

    static String residency(AppNow app, Settings settings) {
        FailoverSettings failover = app.settings().failover();
        List<String> admitted = app.settings().pools().keySet().stream().filter(region -> admits(failover, settings.regions().get(region))).toList();
        String first = "Its residency is " + failover.residencyText() + ", and nobody else may serve what asks for this region: ";
        return first + (admitted.isEmpty()
                ? "add a pool in a region that it admits, or widen it."
                : "ask for the app in " + named(admitted) + ", name that in failover.to, or widen the residency.");
    }

    private static boolean admits(FailoverSettings failover, @Nullable Region region) {
        return region != null && failover.admits(region.jurisdiction());
    }

    /** Of what the workers lack that nobody may serve. */
    static String noWorkers(AppNow app) {
        Set<Member> inTiers = new HashSet<>();
        for (TierSpec tier : app.order().tiers()) {
            inTiers.addAll(tier.members());
        }
        List<MemberState> states = app.states().stream().filter(state -> inTiers.contains(state.member())).toList();
        List<String> lacks = new ArrayList<>();
        count(states.stream().filter(it -> it.admin() == AdminState.EVACUATED || it.admin() == AdminState.EVACUATED_HARD).count(), "evacuated: end that with weir restore", lacks);
        count(states.stream().filter(it -> it.admin() == AdminState.DRAINING || it.admin() == AdminState.DISABLED).count(), "draining or disabled: enable them", lacks);
        count(states.stream().filter(it -> it.admin() == AdminState.ENABLED && it.member().target().weight() == 0).count(), "of weight 0: give them some", lacks);
        count(
                states.stream().filter(it -> it.admin() == AdminState.ENABLED && it.member().target().weight() > 0).count(),
                "enabled and not well: see why above; with panic above 0% they would serve all the same",
                lacks);
        return lacks.isEmpty() ? "The app has no workers here: add some." : "Of its workers " + String.join("; ", lacks) + ".";
    }

    private static void count(long n, String what, List<String> to) {
        if (n > 0) {
            to.add(n + (n == 1 ? " is " : " are ") + what);
        }
    }

    private static String named(List<String> names) {
        return names.size() <= MOST_NAMED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_NAMED)) + " and " + (names.size() - MOST_NAMED) + " more";
    }
}
