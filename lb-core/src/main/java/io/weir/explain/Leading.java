package io.weir.explain;

import io.weir.config.MappingSettings;
import io.weir.config.Settings;
import io.weir.http.RequestHead;
import io.weir.routing.Answer;
import io.weir.routing.Route;
import io.weir.routing.RoutingTrace;
import io.weir.routing.RoutingTrace.Miss;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stage in which a request is led to an app, mapping by mapping. */
final class Leading {
    /** Mappings that are listed; of more, those that are another host's are left off first. */
    private static final int MOST = 20;

    private Leading() {}

    static Stage stage(RoutingTrace trace, RequestHead head, Settings settings) {
        String host = head.text(head.authorityStart(), head.hostEnd());
        Stage stage = new Stage("resolve", outcome(trace, host));
        Route domain = trace.domain();
        if (domain != null && trace.matched() >= 0) {
            stage.because(host + " is a domain of app " + domain.app().name() + ", but mapping " + (trace.matched() + 1) + " names that very host and comes first.");
        }
        if (trace.destination() instanceof Route route) {
            stage.fact("app", route.app().name()).fact("region", route.region());
            if (head.isRewritten()) {
                stage.because("The worker is asked for " + head.target() + ".").fact("rewritten", head.target());
            }
        }
        if (trace.matched() >= 0) {
            stage.fact("mapping", trace.matched() + 1);
        }
        return settings.mappings().isEmpty() ? stage : stage.sheet(mappings(trace, settings.mappings()));
    }

    private static String outcome(RoutingTrace trace, String host) {
        int matched = trace.matched();
        String by = matched < 0 ? host + " is a domain of it" : "mapping " + (matched + 1) + " is the first that matches";
        return switch (trace.destination()) {
            case null -> trace.underADomain()
                    ? "Nowhere: " + host + " stands under a domain of apps, but is no app's."
                    : "Nowhere: no mapping takes this host and path.";
            case Answer(int status, String location) -> "Answered by the mapping itself: " + by + ".";
            case Route route -> "To app " + route.app().name() + " for region " + route.region() + ": " + by + ".";
        };
    }

    private static Sheet mappings(RoutingTrace trace, List<MappingSettings> mappings) {
        Sheet sheet = new Sheet("mappings", "mapping", "host", "path", "goal", "matches");
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < mappings.size(); i++) {
            if (mappings.size() <= MOST || isNear(trace.misses().get(i))) {
                shown.add(i);
            }
        }
        int matched = trace.matched();
        for (int i = 0; i < shown.size(); i++) {
            int place = shown.get(i);
            if (i < MOST || place == matched) {
                MappingSettings mapping = mappings.get(place);
                Miss miss = trace.misses().get(place);
                sheet.row(place + 1, mapping.host(), mapping.path(), mapping.goal().text(), miss == null ? "yes" : "no: " + miss.text());
            }
        }
        sheet.leaveOff(mappings.size() - sheet.rows().size());
        return sheet;
    }

    private static boolean isNear(@Nullable Miss miss) {
        return miss == null || miss == Miss.OTHER_PATH || miss == Miss.NO_SUCH_APP || miss == Miss.APP_DOMAIN;
    }
}
