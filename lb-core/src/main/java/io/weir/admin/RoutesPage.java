package io.weir.admin;

import io.weir.config.AppSettings;
import io.weir.config.MappingSettings;
import io.weir.config.Settings;
import io.weir.control.AppDomain;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /routes}: which hosts and paths lead where. */
final class RoutesPage implements Page {
    private final Running running;

    RoutesPage(Running running) {
        this.running = running;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(Fleet.APP, WorkersPage.LIMIT);
        int limit = request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, WorkersPage.FEW);
        Settings settings = running.config().settings();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("app_domains", appDomains(request, settings, limit));
        facts.put("mappings", mappings(request, settings, limit));
        return new Reply.Facts(facts);
    }

    private Table appDomains(PageRequest request, Settings settings, int limit) throws RefusedException {
        RoutingTable table = running.table();
        Table rows = new Table(limit, "host", "app", "region", "goal");
        int each = 0;
        for (AppSettings app : new Fleet(running).apps(request)) {
            if (rows.isFull()) {
                rows.leaveOff(each); // as many as any other has
                continue;
            }
            List<AppDomain> domains = AppDomain.of(app.name(), settings);
            each = domains.size();
            domains.forEach(domain -> row(domain, app, table.home(app.name()), rows));
        }
        return rows;
    }

    private static void row(AppDomain domain, AppSettings app, @Nullable Route home, Table rows) {
        String region = domain.region() != null ? domain.region() : home == null ? null : home.region();
        boolean served = region != null && app.pools().containsKey(region);
        rows.row(domain.host(), app.name(), region, served ? "app " + app.name() : "421 wrong_region");
    }

    /** In the order in which they are tried; of one app, those that name it, or may by what they capture. */
    private static Table mappings(PageRequest request, Settings settings, int limit) {
        String only = request.query().get(Fleet.APP);
        Table rows = new Table(limit, "place", "host", "path", "goal");
        for (int i = 0; i < settings.mappings().size(); i++) {
            MappingSettings mapping = settings.mappings().get(i);
            if (only == null || mayLeadTo(only, mapping.goal())) {
                rows.row(i + 1, mapping.host(), mapping.path(), mapping.goal().text());
            }
        }
        return rows;
    }

    private static boolean mayLeadTo(String app, MappingSettings.Goal goal) {
        return goal instanceof MappingSettings.ToApp to && (to.name().equals(app) || to.name().indexOf('{') >= 0);
    }
}
