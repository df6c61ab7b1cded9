package io.weir.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how it is found out whether an app's workers are well: {@code check}, {@code ejection} and {@code slow-start}. */
final class HealthReader {

    private static final String CHECKS = "write one of off, tcp, tls, grpc, or http: {path: …}";
    private static final Pattern STATUS = Pattern.compile("[2-5][0-9]{2}(-[2-5][0-9]{2})?");

    /** Of a status. */
    private static final int DIGITS = 3;

    /** In characters; far below what servers take as a request line. */
    private static final int LONGEST_PATH = 2048;
    private static final int LONGEST_BODY = 1024;
    private static final int LONGEST_SERVICE = 256;

    private static final Map<String, Reading<CheckSettings.Kind>> KINDS = kinds();

    private HealthReader() {}

    /**
     * @param fields of the app
     * @param tls of its connections to workers, or null
     */
    static HealthSettings health(Fields fields, @Nullable UpstreamTls tls) {
        HealthSettings defaults = HealthSettings.DEFAULTS;
        Reading<Duration> slowStart = Scalars.duration(HealthSettings.SLOW_START);
        var read = new HealthSettings(
                fields.optionalOrOff("check", place -> check(place, tls), tls == null ? defaults.check() : CheckSettings.DEFAULT.over(tls)),
                fields.optionalOrOff("ejection", HealthReader::ejection, defaults.ejection()),
                fields.optionalOrOff("slow-start", slowStart, defaults.slowStart()));
        return read.equals(defaults) ? defaults : read; // one object for the many apps that say nothing
    }

    private static Map<String, Reading<CheckSettings.Kind>> kinds() {
        var kinds = new LinkedHashMap<String, Reading<CheckSettings.Kind>>();
        kinds.put("http", HealthReader::http);
        kinds.put("tcp", HealthReader::tcp);
        kinds.put("tls", HealthReader::tls);
        kinds.put("grpc", HealthReader::grpc);
        return kinds;
    }

    private static @Nullable CheckSettings check(Value value, @Nullable UpstreamTls tls) {
        CheckSettings defaults = CheckSettings.DEFAULT;
        if (!value.isMapping()) {
            CheckSettings.Kind kind = kindOfWord(value);
            return kind == null
                    ? null
                    : new CheckSettings(kind, null, defaults.interval(), defaults.timeout(), defaults.rise(), defaults.fall(), tls, null);
        }
        return value.fields(fields -> {
            CheckSettings.Kind kind = kind(fields);
            Integer port = fields.optional("port", Scalars.number(CheckSettings.PORT));
            Duration interval = fields.optional("interval", Scalars.duration(CheckSettings.INTERVAL));
            Duration rhythm = interval == null ? defaults.interval() : interval;
            // Of an interval that was refused nothing is known that a time-out could be compared with.
            Duration longest = interval == null && fields.has("interval") ? CheckSettings.TIMEOUT.most() : rhythm;
            Duration timeout = fields.optional("timeout", place -> timeout(place, longest));
            int rise = fields.optional("rise", Scalars.number(CheckSettings.COUNT), defaults.rise());
            int fall = fields.optional("fall", Scalars.number(CheckSettings.COUNT), defaults.fall());
            boolean secure = fields.optional("over-tls", place -> overTls(place, tls), tls != null && port == null);
            if (kind == null) {
                return null;
            }
            Duration patience = timeout == null ? shorter(defaults.timeout(), rhythm) : timeout;
            return new CheckSettings(kind, port, rhythm, patience, rise, fall, secure ? tls : null, null);
        });
    }

    private static boolean overTls(Value value, @Nullable UpstreamTls tls) {
        Boolean wanted = Scalars.onOrOff(value);
        if (Boolean.TRUE.equals(wanted) && tls == null) {
            value.report("has no settings to go by", "add upstream: {tls: {…}} to the app; check: tls asks for a handshake alone");
        }
        return Boolean.TRUE.equals(wanted);
    }

    private static CheckSettings.@Nullable Kind kindOfWord(Value value) {
        value.accept(Forms.words(List.of("tcp", "tls", "grpc")));
        String word = value.text();
        return switch (word) {
            case null -> null;
            case "tcp" -> new CheckSettings.Tcp();
            case "tls" -> new CheckSettings.Tls(null);
            case "grpc" -> new CheckSettings.Grpc("");
            default -> {
                value.report("cannot be " + Quoted.of(word), CHECKS);
                yield null;
            }
        };
    }

    private static CheckSettings.@Nullable Kind kind(Fields fields) {
        fields.needOneOf("say what is asked: http: {path: …}, tcp: {}, tls: {} or grpc: {}", KINDS.keySet().toArray(String[]::new));
        CheckSettings.Kind kind = null;
        String first = null;
        for (Map.Entry<String, Reading<CheckSettings.Kind>> known : KINDS.entrySet()) {
            CheckSettings.Kind read = fields.optional(known.getKey(), known.getValue());
            Value place = fields.value(known.getKey());
            if (place != null && first != null) {
                place.report("cannot stand beside " + first, "a check asks one thing: keep one of the two");
            } else if (place != null) {
                first = known.getKey();
                kind = read;
            }
        }
        return kind;
    }

    private static @Nullable Duration timeout(Value value, Duration interval) {
        Duration timeout = Scalars.duration(CheckSettings.TIMEOUT).read(value);
        if (timeout == null || timeout.compareTo(interval) <= 0) {
            return timeout;
        }
        value.reportMust(
                "must not be longer than the interval, " + Durations.print(interval),
                Durations.print(timeout),
                "or the next check would begin before this one is over");
        return null;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static CheckSettings.@Nullable Kind http(Value value) {
        return value.fields(fields -> {
            String path = fields.required("path", HealthReader::path);
            String method = fields.optional("method", Scalars.word(CheckSettings.Http.METHODS), CheckSettings.Http.DEFAULT_METHOD);
            String host = fields.optional("host", Scalars::hostName);
            List<CheckSettings.StatusRange> statuses =
                    fields.optional("status", HealthReader::statuses, CheckSettings.Http.DEFAULT_STATUSES);
            String body = fields.optional("body", place -> body(place, method));
            return path == null ? null : new CheckSettings.Http(path, method, host, statuses, body);
        });
    }

    private static CheckSettings.@Nullable Kind tcp(Value value) {
        return value.fields(_ -> new CheckSettings.Tcp());
    }

    private static CheckSettings.@Nullable Kind tls(Value value) {
        return value.fields(fields -> new CheckSettings.Tls(fields.optional("server-name", Scalars::hostName)));
    }

    private static CheckSettings.@Nullable Kind grpc(Value value) {
        return value.fields(fields -> new CheckSettings.Grpc(fields.optional("service", HealthReader::service, "")));
    }

    private static @Nullable String path(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.pattern("^/", "the path that is asked for, with its query: /health"));
            return null;
        }
        String text = value.text();
        if (text == null) {
            return null;
        }
        if (!text.startsWith("/") || text.length() > LONGEST_PATH || text.contains("#") || !isVisible(text)) {
            value.reportMust("must be a path", Quoted.of(text), "begin with / and escape what is not visible ASCII, as in /health?deep=1");
            return null;
        }
        return text;
    }

    private static @Nullable List<CheckSettings.StatusRange> statuses(Value value) {
        var first = new FirstUse<CheckSettings.StatusRange>();
        return value.nonEmptyList("status", item -> {
            CheckSettings.StatusRange range = status(item);
            return range != null && first.check(range, item) ? range : null;
        });
    }

    private static CheckSettings.@Nullable StatusRange status(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.numberOrRange(CheckSettings.StatusRange.STATUS, STATUS.pattern(), "a status or a range of them: 200-299"));
            return null;
        }
        String text = value.text();
        if (text == null) {
            return null;
        }
        if (STATUS.matcher(text).matches()) {
            int least = Numbers.parse(text.substring(0, DIGITS));
            int most = Numbers.parse(text.substring(text.length() - DIGITS));
            if (least <= most) {
                return new CheckSettings.StatusRange(least, most);
            }
        }
        value.reportMust("must be a status from 200 to 599, or a range of them", Quoted.of(text), "as in 204 or 200-299");
        return null;
    }

    private static @Nullable String body(Value value, String method) {
        value.accept(Forms.text("what the beginning of the answer's body must contain"));
        String text = value.text();
        if (text == null) {
            return null;
        }
        if (method.equals("HEAD")) {
            value.report("has nothing to be found in: an answer to HEAD has no body", "write method: GET");
            return null;
        }
        if (text.isEmpty() || text.length() > LONGEST_BODY) {
            value.reportMust("must be of 1 to " + LONGEST_BODY + " characters", "of " + text.length(), null);
            return null;
        }
        return text;
    }

    private static @Nullable String service(Value value) {
        value.accept(Forms.text("the full name of a gRPC service: shop.v1.Orders"));
        String text = value.text();
        if (text != null && (text.isEmpty() || text.length() > LONGEST_SERVICE || !isVisible(text))) {
            value.reportMust("must be the name of a gRPC service", Quoted.of(text), "as in shop.v1.Orders; leave it out to ask for the whole server");
            return null;
        }
        return text;
    }

    private static boolean isVisible(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static @Nullable EjectionSettings ejection(Value value) {
        return value.fields(fields -> {
            EjectionSettings defaults = EjectionSettings.DEFAULTS;
            return new EjectionSettings(
                    fields.optional("failures", Scalars.number(EjectionSettings.FAILURES), defaults.failures()),
                    fields.optional("most", Scalars.share(EjectionSettings.MOST), defaults.most()),
                    fields.optional("time", Scalars.duration(EjectionSettings.TIME), defaults.time()),
                    fields.optional("server-errors", Scalars::onOrOff, defaults.serverErrors()));
        });
    }
}
