package io.weir.config;

import io.weir.topology.Cidr;
import io.weir.topology.Here;
import io.weir.topology.Region;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole config. What is named is read before what names it, wherever it stands in the file, so that each reference is checked
 * at the place where it is written.
 */
final class SettingsReader {

    private SettingsReader() {}

    /** Null if there are problems, which have been reported. */
    static @Nullable Settings read(Value root) {
        return read(root, Map.of());
    }

    /** @param before apps from an earlier reading of the same config: what is equal stays the same object */
    static @Nullable Settings read(Value root, Map<String, AppSettings> before) {
        return root.fields(fields -> settings(fields, before));
    }

    private static @Nullable Settings settings(Fields fields, Map<String, AppSettings> before) {
        var domains = new Domains();
        var places = new Places();
        var ports = new ListenerReader();

        List<String> domainNames = fields.required("domains", domains::domains);
        Map<String, Region> regions = fields.required("regions", places::regions);
        if (regions != null) {
            domains.regions(regions);
        }
        Here here = fields.required("here", places::here);
        List<ListenerSettings> listeners = fields.required("listeners", ports::listeners);
        AdminSettings admin = fields.optional("admin", new AdminReader(ports.addresses()::read)::admin);

        Map<String, AppSettings> readApps = fields.optional("apps", new AppReader(places, before)::apps);
        Map<String, AppSettings> apps = readApps == null ? Map.of() : readApps;
        var mappingReader = new MappingReader(domains, places, readApps == null ? appNames(fields) : apps.keySet());
        List<MappingSettings> mappings = fields.optional("mappings", mappingReader::mappings, List.of());

        ForwardingSettings forwarding = forwarding(fields);
        GatewaySettings gateways = gateways(fields);
        AccessLogSettings accessLog = fields.optional("access-log", TelemetryReader::accessLog, AccessLogSettings.OFF);
        Reading<MetricsSettings> metricsOrOff = Scalars.orOff(TelemetryReader::metrics, MetricsSettings.NONE);
        MetricsSettings metrics = fields.optional("metrics", metricsOrOff, MetricsSettings.DEFAULTS);
        RuntimeSettings runtime = fields.optional("runtime", SettingsReader::runtime, RuntimeSettings.DEFAULTS);
        LimitSettings limits = fields.optional("limits", SettingsReader::limits, LimitSettings.DEFAULTS);
        ReloadSettings reload = fields.optional("reload", ReloadReader::reload, ReloadSettings.DEFAULTS);

        return domainNames == null || regions == null || here == null || listeners == null
                ? null
                : new Settings(
                        domainNames, here, regions, listeners, apps, mappings, forwarding, gateways, accessLog, metrics, admin, runtime, limits, reload);
    }

    private static @Nullable Set<String> appNames(Fields fields) {
        Value apps = fields.value("apps");
        if (apps == null) {
            return Set.of();
        }
        return apps.isMapping() ? new HashSet<>(apps.names()) : null;
    }

    private static ForwardingSettings forwarding(Fields fields) {
        ForwardingSettings defaults = ForwardingSettings.DEFAULTS;
        return new ForwardingSettings(
                fields.optional("trusted-proxies", SettingsReader::blocks, defaults.trustedProxies()),
                fields.optional("forwarded", Scalars.oneOf(ForwardedField.class), defaults.forwarded()),
                fields.optional("via", Scalars::onOrOff, defaults.via()));
    }

    private static GatewaySettings gateways(Fields fields) {
        GatewaySettings defaults = GatewaySettings.DEFAULTS;
        return new GatewaySettings(
                fields.optional("trusted-gateways", SettingsReader::blocks, defaults.trusted()), fields.optional("instance", SettingsReader::instance));
    }

    private static @Nullable String instance(Value value) {
        value.accept(Forms.pattern("^[A-Za-z0-9._:-]{1," + GatewaySettings.LONGEST_INSTANCE + "}$", "a name among load balancers: lb-1.ca-c1"));
        String text = value.text();
        if (text != null && !GatewaySettings.isInstance(text)) {
            value.reportMust(
                    "must be of letters, digits and -._:", Quoted.of(text), "choose one of at most " + GatewaySettings.LONGEST_INSTANCE + ", as in lb-1.ca-c1");
            return null;
        }
        return text;
    }

    private static @Nullable List<Cidr> blocks(Value value) {
        return value.list(Scalars.onceEach(Scalars::cidr));
    }

    private static @Nullable RuntimeSettings runtime(Value value) {
        return value.fields(fields -> {
            RuntimeSettings defaults = RuntimeSettings.DEFAULTS;
            Reading<Integer> eventLoops =
                    Scalars.orWord("auto", RuntimeSettings.AUTO_EVENT_LOOPS, Scalars.number(RuntimeSettings.EVENT_LOOPS));
            return new RuntimeSettings(
                    fields.optional("event-loops", eventLoops, defaults.eventLoops()),
                    fields.optional("transport", Scalars.oneOf(Transport.class), defaults.transport()),
                    fields.optional("drain", Scalars.duration(RuntimeSettings.DRAIN), defaults.drain()),
                    fields.optional("state", SettingsReader::state));
        });
    }

    private static @Nullable Path state(Value value) {
        value.accept(Forms.text("the path of a folder; a relative one begins at the folder that the config's file is in"));
        return Scalars.path(value, "/var/lib/weir");
    }

    private static @Nullable LimitSettings limits(Value value) {
        return value.fields(fields -> {
            LimitSettings defaults = LimitSettings.DEFAULTS;
            Reading<Long> body = Scalars.orOff(Scalars.size(LimitSettings.BODY), LimitSettings.NO_BODY_LIMIT);
            return new LimitSettings(
                    fields.optional("connections", Scalars.number(LimitSettings.CONNECTIONS), defaults.connections()),
                    fields.optional("request-line", Scalars.smallSize(LimitSettings.REQUEST_LINE), defaults.requestLine()),
                    fields.optional("head", Scalars.smallSize(LimitSettings.HEAD), defaults.head()),
                    fields.optional("fields", Scalars.number(LimitSettings.FIELDS), defaults.fields()),
                    fields.optional("response-head", Scalars.smallSize(LimitSettings.RESPONSE_HEAD), defaults.responseHead()),
                    fields.optional("body", body, defaults.body()));
        });
    }
}
