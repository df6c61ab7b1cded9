package io.weir.config;

import io.weir.topology.Template;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code mappings}. First match wins, so a mapping that comes too late to match anything is reported. */
final class MappingReader {

    private static final List<String> GOALS = List.of("app", "redirect", "respond");

    private final Places places;
    private final @Nullable Set<String> apps;
    private final Domains domains;
    private final EarlierMappings earlier;

    /**
     * Reads the mappings of one config.
     *
     * @param apps the names of the apps; null if they could not be read, so that none can be said to be missing
     */
    MappingReader(Domains domains, Places places, @Nullable Set<String> apps) {
        this.domains = domains;
        this.places = places;
        this.apps = apps;
        this.earlier = new EarlierMappings(domains);
    }

    @Nullable List<MappingSettings> mappings(Value value) {
        return value.list(this::mapping);
    }

    private @Nullable MappingSettings mapping(Value value) {
        return value.fields(fields -> {
            Template host = fields.optional("host", MappingTexts::host);
            Template path = fields.optional("path", place -> MappingTexts.path(place, host));
            boolean read = (host != null || !fields.has("host")) && (path != null || !fields.has("path"));
            Captures captures = new Captures(host, path, read);
            MappingSettings.Goal goal = goal(fields, captures, value);
            if (!read) {
                return null;
            }
            String hostText = host == null ? null : host.toString();
            String pathText = path == null ? MappingSettings.DEFAULT_PATH : path.toString();
            earlier.reportIfTooLate(hostText, pathText, goal, value);
            if (goal instanceof MappingSettings.ToApp to && hostText != null) {
                reportIfItTakesAppDomains(hostText, captures, to.name(), value);
            }
            return goal == null ? null : new MappingSettings(hostText, pathText, goal);
        });
    }

    private MappingSettings.@Nullable Goal goal(Fields fields, Captures captures, Value value) {
        List<String> given = GOALS.stream().filter(fields::has).toList();
        boolean toApp = given.isEmpty() || given.contains("app");
        Reading<String> appName = place -> app(place, captures);
        String app = given.isEmpty() ? fields.required("app", appName) : fields.optional("app", appName);
        String region = fields.optional("region", places::defined);
        String rewrite = fields.optional("rewrite", place -> MappingTexts.rewrite(place, captures));
        boolean mend = fields.optional("mend", Scalars::onOrOff, true);
        MappingSettings.Redirect redirect = fields.optional("redirect", place -> redirect(place, captures));
        MappingSettings.Respond respond = fields.optional("respond", MappingReader::respond);
        if (given.size() > 1) {
            value.report("has " + String.join(" and ", given), "keep one of them");
            return null;
        }
        if (!toApp) {
            for (String key : List.of("region", "rewrite", "mend")) {
                reportIfGiven(fields, key, "goes with app alone");
            }
            return redirect == null ? respond : redirect;
        }
        if (!fields.has("rewrite")) {
            reportIfGiven(fields, "mend", "does nothing without rewrite");
        }
        return app == null ? null : new MappingSettings.ToApp(app, region, rewrite, mend);
    }

    private static void reportIfGiven(Fields fields, String key, String what) {
        Value place = fields.value(key);
        if (place != null) {
            place.report(what, "remove it");
        }
    }

    /** Such a mapping would lead what was mistyped to another app, which is what domains are there to prevent. */
    private void reportIfItTakesAppDomains(String host, Captures captures, String app, Value value) {
        if (host.contains("*") || host.contains("{")) {
            String tail = EarlierMappings.literalTail(host);
            boolean chosenByHost = captures.ofHost().stream().anyMatch(name -> app.contains("{" + name + "}"));
            if (!tail.isEmpty() && domains.cover(tail) && !chosenByHost) {
                value.report(
                        "takes mistyped app domains to one app", "name the host exactly, or use a capture of the host in app");
            }
        }
    }

    private static MappingSettings.@Nullable Respond respond(Value value) {
        Integer status = Scalars.number(MappingSettings.Respond.STATUS).read(value);
        return status == null ? null : new MappingSettings.Respond(status);
    }

    private static MappingSettings.@Nullable Redirect redirect(Value value, Captures captures) {
        if (!value.isMapping()) {
            String to = MappingTexts.redirect(value, captures);
            return to == null ? null : new MappingSettings.Redirect(to, MappingSettings.Redirect.DEFAULT_STATUS);
        }
        return value.fields(fields -> {
            String to = fields.required("to", place -> MappingTexts.redirect(place, captures));
            int status = fields.optional("status", Scalars.oneOf(301, 302, 303, 307, 308), MappingSettings.Redirect.DEFAULT_STATUS);
            return to == null ? null : new MappingSettings.Redirect(to, status);
        });
    }

    private @Nullable String app(Value value, Captures captures) {
        value.accept(Forms.text("the name of an app, or one with captures: {app}-prod"));
        String text = value.text();
        if (text != null && (text.contains("{") || text.contains("}"))) {
            return MappingTexts.app(value, captures);
        }
        String name = Scalars.label(value);
        if (name == null || apps == null || apps.contains(name)) {
            return name;
        }
        String nearest = value.nearest().hint(name, apps);
        value.report("there is no app " + name, nearest != null ? nearest : "define it under apps");
        return null;
    }
}
