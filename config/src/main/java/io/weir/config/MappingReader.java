package io.weir.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code mappings}. First match wins, so a mapping that comes too late to match anything is reported. */
final class MappingReader {

    private final Domains domains;
    private final @Nullable Set<String> apps;
    private final Map<String, Spot> spotOfHost = new HashMap<>();
    private @Nullable Spot spotOfEveryHost;

    /**
     * Reads the mappings of one config.
     *
     * @param apps the names of the apps; null if they could not be read, so that none can be said to be missing
     */
    MappingReader(Domains domains, @Nullable Set<String> apps) {
        this.domains = domains;
        this.apps = apps;
    }

    @Nullable List<MappingSettings> mappings(Value value) {
        return value.list(this::mapping);
    }

    private @Nullable MappingSettings mapping(Value value) {
        return value.fields(fields -> {
            String host = fields.optional("host", MappingReader::host);
            String path = fields.optional("path", MappingReader::path, MappingSettings.DEFAULT_PATH);
            boolean otherwiseAnswered = fields.has("redirect") || fields.has("respond");
            String app = otherwiseAnswered ? fields.optional("app", this::app) : fields.required("app", this::app);
            fields.notYet("region", "rewrite", "redirect", "respond", "mend");
            boolean hostRead = host != null || !fields.has("host");
            if (hostRead) {
                reportIfTooLate(host, value);
            }
            return app == null || !hostRead ? null : new MappingSettings(host, path, app);
        });
    }

    private void reportIfTooLate(@Nullable String host, Value value) {
        if (spotOfEveryHost != null && (host == null || !domains.cover(host))) {
            value.report("never matches", "the mapping in " + spotOfEveryHost + " takes every host; put this one before it");
        } else if (host == null) {
            spotOfEveryHost = value.spot();
        }
        if (host != null) {
            Spot first = spotOfHost.putIfAbsent(host, value.spot());
            if (first != null) {
                value.report("never matches", "the mapping in " + first + " has the same host");
            }
        }
    }

    private static @Nullable String host(Value value) {
        String text = value.text();
        if (text != null && (text.contains("*") || text.contains("{"))) {
            value.reportNotYet("a host with a wildcard or captures", "write one exact host");
            return null;
        }
        return Scalars.hostName(value);
    }

    private static @Nullable String path(Value value) {
        String text = value.text();
        if (text == null || text.equals(MappingSettings.DEFAULT_PATH)) {
            return text;
        }
        if (text.startsWith("/")) {
            value.reportNotYet("a path other than /", "leave it out");
        } else {
            value.report("must begin with /, is " + Quoted.of(text), null);
        }
        return null;
    }

    private @Nullable String app(Value value) {
        String text = value.text();
        if (text != null && text.contains("{")) {
            value.reportNotYet("an app with captures", "write the name of one app");
            return null;
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
